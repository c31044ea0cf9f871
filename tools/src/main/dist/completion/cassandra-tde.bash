# bash completion for cassandra-tde and dsetool; made by "cassandra-tde completion"
_cassandra_tde() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} path="" words="" files=yes i
  case $word in =) word= ;; esac # bash makes three words of --option=value
  case $previous in =) previous=${COMP_WORDS[COMP_CWORD - 2]} ;; esac
  for ((i = 1; i < COMP_CWORD && i < 3; i++)); do
    case ${COMP_WORDS[i]} in -*) break ;; esac
    path="${path:+$path }${COMP_WORDS[i]}"
    case $path in help|backup|masterkey|keys|audit|managekmip) ;; *) break ;; esac
  done
  case "$path $previous" in
    "rekey --include-snapshots") words="clear list" files=no ;;
    "rewrap --include-snapshots") words="clear list" files=no ;;
    "inventory --format") words="json table" files=no ;;
    "status --format") words="json table" files=no ;;
    "reload --format") words="json table" files=no ;;
    "sstablekeys --format") words="json table" files=no ;;
    "scan --format") words="json table" files=no ;;
    "preflight --format") words="json table" files=no ;;
    "backup list --format") words="json table" files=no ;;
    "masterkey status --format") words="json table" files=no ;;
    "keys list --format") words="json table" files=no ;;
    "managekmip list --format") words="json table" files=no ;;
    *)
      case $path in
        "") words="--help --version approve audit backup completion createsystemkey encryptconfigvalue help inventory keys kmip-dev-server managekmip manifest masterkey preflight rekey reload rewrap scan shred snapshot sstablekeys status upgradesstables" files=no ;;
        "help") words="approve audit backup completion createsystemkey encryptconfigvalue help inventory keys kmip-dev-server managekmip manifest masterkey preflight rekey reload rewrap scan shred snapshot sstablekeys status upgradesstables" files=no ;;
        "createsystemkey") words="--config --debug --directory --kmip --namespace --template -d -k -n -t" ;;
        "encryptconfigvalue") words="--config --debug --key" ;;
        "rekey") words="--any-rack --config --connect-timeout --contact --debug --dry-run --force --group --host --hosts --html --include-snapshots --jobs --key --local --max-pending --message --parallel --password --password-file --port --proof --reason --resume --rewrap --snapshot --ssl --ssl-properties --state --template --throughput --username --wait --window -h -j -p -pw -pwf -u" ;;
        "rewrap") words="--any-rack --config --connect-timeout --contact --debug --dry-run --force --group --host --hosts --html --include-snapshots --jobs --key --local --max-pending --message --parallel --password --password-file --port --proof --reason --resume --snapshot --ssl --ssl-properties --state --template --throughput --username --wait --window -h -j -p -pw -pwf -u" ;;
        "shred") words="--approval --attest --clear-snapshots --config --confirm --connect-timeout --contact --cql-contact --cql-password-file --cql-port --cql-ssl --cql-user --debug --delete-hints --dropped --dry-run --group --host --hosts --keyspace --local --password --password-file --port --reason --report --request-approval --resume --ssl --ssl-properties --state --truncate-traces --username --wait --yes -h -p -pw -pwf -u" ;;
        "upgradesstables") words="--any-rack --connect-timeout --contact --debug --host --hosts --include-all-sstables --jobs --local --max-timestamp --parallel --password --password-file --port --ssl --ssl-properties --throughput --username --window -a -h -j -p -pw -pwf -t -u" ;;
        "inventory") words="--config --connect-timeout --contact --debug --format --group --host --hosts --html --key --local --password --password-file --port --ssl --ssl-properties --table --username -h -p -pw -pwf -u" ;;
        "status") words="--connect-timeout --contact --debug --format --host --hosts --local --password --password-file --port --ssl --ssl-properties --username --watch -h -p -pw -pwf -u" ;;
        "reload") words="--connect-timeout --contact --debug --format --host --hosts --local --password --password-file --port --ssl --ssl-properties --username -h -p -pw -pwf -u" ;;
        "snapshot") words="--connect-timeout --contact --debug --host --hosts --local --password --password-file --port --redact --ssl --ssl-properties --username -h -p -pw -pwf -u" ;;
        "sstablekeys") words="--config --debug --format --headers-only" ;;
        "scan") words="--accept-codec --cassandra-yaml --checksums --config --debug --format --path --protected --summary" ;;
        "manifest") words="--cassandra-yaml --config --debug --hold-until --keys --snapshot" ;;
        "preflight") words="--config --debug --format --key-file --keys" ;;
        "approve") words="--as --config --debug --key-file --new-key --yes" ;;
        "kmip-dev-server") words="--debug --dir --file-store --group --listen --owner-check --san" ;;
        "completion") words="--debug" ;;
        "backup") words="help hold list release" files=no ;;
        "help backup") words="help hold list release" files=no ;;
        "backup help") words="help hold list release" files=no ;;
        "backup hold") words="--config --connect-timeout --contact --debug --force --group --host --hosts --key --local --manifest --note --password --password-file --port --ssl --ssl-properties --until --username -h -p -pw -pwf -u" ;;
        "backup list") words="--connect-timeout --contact --debug --format --host --hosts --local --password --password-file --port --ssl --ssl-properties --username -h -p -pw -pwf -u" ;;
        "backup release") words="--config --connect-timeout --contact --debug --host --hosts --local --password --password-file --port --ssl --ssl-properties --username --yes -h -p -pw -pwf -u" ;;
        "masterkey") words="abort activate fetch help propose status" files=no ;;
        "help masterkey") words="abort activate fetch help propose status" files=no ;;
        "masterkey help") words="abort activate fetch help propose status" files=no ;;
        "masterkey propose") words="--config --connect-timeout --contact --debug --host --hosts --local --password --password-file --port --ssl --ssl-properties --username --wait -h -p -pw -pwf -u" ;;
        "masterkey fetch") words="--connect-timeout --contact --debug --host --hosts --local --password --password-file --port --ssl --ssl-properties --username -h -p -pw -pwf -u" ;;
        "masterkey status") words="--connect-timeout --contact --debug --format --host --hosts --local --password --password-file --port --ssl --ssl-properties --username -h -p -pw -pwf -u" ;;
        "masterkey activate") words="--config --connect-timeout --contact --debug --host --hosts --local --password --password-file --port --ssl --ssl-properties --username --without -h -p -pw -pwf -u" ;;
        "masterkey abort") words="--config --connect-timeout --contact --debug --host --hosts --local --password --password-file --port --ssl --ssl-properties --username -h -p -pw -pwf -u" ;;
        "keys") words="export gc help import list redact rewrap rollback rotate" files=no ;;
        "help keys") words="export gc help import list redact rewrap rollback rotate" files=no ;;
        "keys help") words="export gc help import list redact rewrap rollback rotate" files=no ;;
        "keys list") words="--bits --connect-timeout --contact --debug --format --host --hosts --local --master --namespace --no-counts --password --password-file --port --ssl --ssl-properties --username -h -p -pw -pwf -u" ;;
        "keys rotate") words="--any-rack --bits --config --connect-timeout --contact --debug --directory --full --host --hosts --jobs --local --master --namespace --parallel --password --password-file --port --ssl --ssl-properties --throughput --username --wait --window -h -j -p -pw -pwf -u" ;;
        "keys rewrap") words="--bits --config --connect-timeout --contact --debug --host --hosts --key --local --master --namespace --password --password-file --per-second --port --ssl --ssl-properties --username -h -p -pw -pwf -u" ;;
        "keys rollback") words="--config --connect-timeout --contact --debug --host --hosts --local --password --password-file --port --ssl --ssl-properties --username --wait -h -p -pw -pwf -u" ;;
        "keys gc") words="--approval --attest --bits --config --connect-timeout --contact --debug --dry-run --host --hosts --key --local --master --namespace --password --password-file --port --reason --request-approval --retention --ssl --ssl-properties --username --wait --yes -h -p -pw -pwf -u" ;;
        "keys export") words="--config --connect-timeout --contact --debug --host --hosts --local --passphrase --passphrase-file --password --password-file --port --ssl --ssl-properties --under --username --wrapped -h -p -pw -pwf -u" ;;
        "keys import") words="--config --debug --directory --passphrase --passphrase-file" ;;
        "keys redact") words="--config --connect-timeout --contact --debug --host --hosts --local --password --password-file --port --ssl --ssl-properties --username -h -p -pw -pwf -u" ;;
        "audit") words="head help verify" files=no ;;
        "help audit") words="head help verify" files=no ;;
        "audit help") words="head help verify" files=no ;;
        "audit verify") words="--config --debug --head" ;;
        "audit head") words="--config --debug" ;;
        "managekmip") words="destroy expirekey help list revoke" files=no ;;
        "help managekmip") words="destroy expirekey help list revoke" files=no ;;
        "managekmip help") words="destroy expirekey help list revoke" files=no ;;
        "managekmip list") words="--config --debug --format" ;;
        "managekmip expirekey") words="--config --debug" ;;
        "managekmip revoke") words="--config --debug --force --message --reason" ;;
        "managekmip destroy") words="--approval --attest --config --confirm --connect-timeout --contact --debug --force --host --hosts --local --password --password-file --port --reason --request-approval --ssl --ssl-properties --username --wait --yes -h -p -pw -pwf -u" ;;
        *) files=no ;;
      esac
      ;;
  esac
  case $files$word in
    no* | yes-*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word")) ;;
  esac
  return 0
}
complete -o filenames -F _cassandra_tde cassandra-tde dsetool
