package io.cassandratde.keys.kmip;

import io.cassandratde.keys.CipherSpec;
import io.cassandratde.kmip.CryptographicAlgorithm;
import io.cassandratde.kmip.KmipClient;
import io.cassandratde.kmip.KmipException;
import io.cassandratde.kmip.KmipRefusedException;
import io.cassandratde.kmip.ObjectType;
import io.cassandratde.kmip.UsageMask;
import io.cassandratde.kmip.attribute.AttributeType;
import io.cassandratde.kmip.attribute.Attributes;
import io.cassandratde.kmip.attribute.AttributesBuilder;
import io.cassandratde.kmip.operation.Create;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes keys on the server, with the namespace in whichever attribute this server can store. */
final class KeyFactory {

  private static final Logger logger = LoggerFactory.getLogger(KeyFactory.class);

  private final KmipClient client;
  private final boolean held;

  /**
   * Asks nothing yet.
   *
   * @param held whether the keys are to stay on the server
   */
  KeyFactory(KmipClient client, boolean held) {
    this.client = client;
    this.held = held;
  }

  /**
   * Returns the id of a new key; Pre-Active on servers that keep to the specification.
   *
   * @param template name of a template on the server (KMIP 1.x; 2.0 dropped them and refuses); what
   *     is asked for here goes before what the template says
   */
  String create(
      CipherSpec cipher, @Nullable String namespace, String name, @Nullable String template)
      throws KmipException {
    List<String> templates = template == null ? List.of() : List.of(template);
    KmipRefusedException first = null;
    for (Attributes attributes :
        held ? heldForms(cipher, namespace, name) : forms(cipher, namespace, name)) {
      try {
        String id =
            client
                .call(new Create(ObjectType.SYMMETRIC_KEY, templates, attributes))
                .uniqueIdentifier();
        if (held && !attributes.has(AttributeType.EXTRACTABLE)) {
          logger.warn(
              "Key {} of group {} was made to stay on its servers, which know no keys that are not"
                  + " extractable: they give it to whoever may Get it. Forbid that there",
              id,
              client.settings().group());
        }
        return id;
      } catch (KmipRefusedException refused) {
        // The server made nothing, so another form may be tried; if none pleases it, the first
        // refusal says most.
        first = first == null ? refused : first;
      }
    }
    if (first == null) {
      throw new IllegalStateException("no form to create a key in");
    }
    throw first;
  }

  /**
   * A throwaway key that no node takes for a data key: by its name, and by a usage mask that does
   * not encrypt.
   */
  String createProbe() throws KmipException {
    Attributes attributes =
        Attributes.builder()
            .cryptographicAlgorithm(CryptographicAlgorithm.AES)
            .cryptographicLength(CipherSpec.AES_128.bits())
            .usageMask(UsageMask.MAC_GENERATE | UsageMask.MAC_VERIFY)
            .name(KeyNames.probe())
            .build();
    return client.call(new Create(attributes)).uniqueIdentifier();
  }

  /** A server that has no Extractable is asked for the key without. */
  private static List<Attributes> heldForms(
      CipherSpec cipher, @Nullable String namespace, String name) {
    List<Attributes> plain = forms(cipher, namespace, name);
    List<Attributes> forms = new ArrayList<>();
    plain.forEach(form -> forms.add(form.toBuilder().sensitive(true).extractable(false).build()));
    forms.addAll(plain);
    return forms;
  }

  private static List<Attributes> forms(
      CipherSpec cipher, @Nullable String namespace, String name) {
    if (namespace == null) {
      return List.of(base(cipher, name).build());
    }
    List<Attributes> forms = new ArrayList<>();
    forms.add(base(cipher, name).objectGroup(namespace).build());
    forms.add(
        base(cipher, name)
            .applicationSpecificInformation(KeyCatalog.APPLICATION, namespace)
            .build());
    forms.add(base(cipher, KeyNames.withNamespace(namespace, name)).build());
    return forms;
  }

  private static AttributesBuilder base(CipherSpec cipher, String name) {
    return Attributes.builder()
        .cryptographicAlgorithm(CryptographicAlgorithm.AES)
        .cryptographicLength(cipher.bits())
        .usageMask(UsageMask.ENCRYPT_DECRYPT)
        .name(name);
  }
}
