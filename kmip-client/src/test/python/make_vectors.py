#!/usr/bin/python3
"""Makes KMIP messages with PyKMIP, an independent implementation, for the tests of kmip-client.

Usage: /usr/bin/python3 -W ignore make_vectors.py > ../resources/io/cassandratde/kmip/vectors.txt
Needs the Debian package python3-pykmip. One message a line: name, version, hexadecimal bytes.
"""

from kmip.core import enums, objects, utils
from kmip.core.factories.attributes import AttributeFactory
from kmip.core.messages import contents, messages, payloads
from kmip.core.misc import KeyFormatType
from kmip.core.primitives import DateTime, TextString
from kmip.core.secrets import SymmetricKey
from kmip.core import attributes as attrs

VERSIONS = {
    "1.0": enums.KMIPVersion.KMIP_1_0,
    "1.2": enums.KMIPVersion.KMIP_1_2,
    "1.4": enums.KMIPVersion.KMIP_1_4,
    "2.0": enums.KMIPVersion.KMIP_2_0,
}
ID = "b4faee10-aa2a-4446-8ad4-0881f3422959"
OTHER = "1703250b-4d40-4de2-93a0-c494a1d4ae40"
KEY = bytes(range(32))
STAMP = 1763856000

factory = AttributeFactory()


def plain_name(text):
    return attrs.Name.create(text, enums.NameType.UNINTERPRETED_TEXT_STRING)


def name(text):
    return factory.create_attribute(enums.AttributeType.NAME, plain_name(text))


algorithm = factory.create_attribute(
    enums.AttributeType.CRYPTOGRAPHIC_ALGORITHM, enums.CryptographicAlgorithm.AES)
length = factory.create_attribute(enums.AttributeType.CRYPTOGRAPHIC_LENGTH, 256)
mask = factory.create_attribute(
    enums.AttributeType.CRYPTOGRAPHIC_USAGE_MASK,
    [enums.CryptographicUsageMask.ENCRYPT, enums.CryptographicUsageMask.DECRYPT])
group = factory.create_attribute(enums.AttributeType.OBJECT_GROUP, "cassandra")
state = factory.create_attribute(enums.AttributeType.STATE, enums.State.ACTIVE)
kind = factory.create_attribute(enums.AttributeType.OBJECT_TYPE, enums.ObjectType.SYMMETRIC_KEY)
made = factory.create_attribute(enums.AttributeType.INITIAL_DATE, STAMP)
appinfo = factory.create_attribute(
    enums.AttributeType.APPLICATION_SPECIFIC_INFORMATION,
    {"application_namespace": "tde", "application_data": "orders"})


def header_version(version):
    major, minor = version.split(".")
    return contents.ProtocolVersion(int(major), int(minor))


def emit(label, version, message):
    stream = utils.BytearrayStream()
    message.write(stream, kmip_version=VERSIONS[version])
    print(label, version, bytes(stream.buffer).hex())


def request(label, version, operation, payload, credential=None):
    header = messages.RequestHeader(
        protocol_version=header_version(version),
        authentication=credential,
        batch_count=contents.BatchCount(1))
    item = messages.RequestBatchItem(
        operation=contents.Operation(operation), request_payload=payload)
    emit("request-" + label, version, messages.RequestMessage(header, [item]))


def response(label, version, operation, payload=None, reason=None, text=None):
    header = messages.ResponseHeader(
        protocol_version=header_version(version),
        time_stamp=contents.TimeStamp(STAMP),
        batch_count=contents.BatchCount(1))
    status = enums.ResultStatus.OPERATION_FAILED if reason else enums.ResultStatus.SUCCESS
    item = messages.ResponseBatchItem(
        operation=contents.Operation(operation) if operation else None,
        result_status=contents.ResultStatus(status),
        result_reason=contents.ResultReason(reason) if reason else None,
        result_message=contents.ResultMessage(text) if text else None,
        response_payload=payload)
    emit("response-" + label, version, messages.ResponseMessage(header, [item]))


def key_object():
    return SymmetricKey(objects.KeyBlock(
        key_format_type=KeyFormatType(enums.KeyFormatType.RAW),
        key_value=objects.KeyValue(objects.KeyMaterial(KEY)),
        cryptographic_algorithm=attrs.CryptographicAlgorithm(enums.CryptographicAlgorithm.AES),
        cryptographic_length=attrs.CryptographicLength(256)))


def template(*several):
    return objects.TemplateAttribute(attributes=list(several))


Op = enums.Operation
for v in VERSIONS:
    request("create", v, Op.CREATE, payloads.CreateRequestPayload(
        object_type=enums.ObjectType.SYMMETRIC_KEY,
        template_attribute=template(algorithm, length, mask, name("tde/orders"), group, appinfo)))
    request("register", v, Op.REGISTER, payloads.RegisterRequestPayload(
        object_type=enums.ObjectType.SYMMETRIC_KEY,
        template_attribute=template(mask, name("tde/orders")), managed_object=key_object()))
    request("locate", v, Op.LOCATE, payloads.LocateRequestPayload(
        maximum_items=10, attributes=[name("tde/orders"), state, kind]))
    request("get", v, Op.GET, payloads.GetRequestPayload(unique_identifier=ID))
    request("get-raw", v, Op.GET, payloads.GetRequestPayload(
        unique_identifier=ID, key_format_type=enums.KeyFormatType.RAW))
    request("get-attributes", v, Op.GET_ATTRIBUTES, payloads.GetAttributesRequestPayload(
        unique_identifier=ID, attribute_names=["State", "Name", "Object Group"]))
    request("get-attribute-list", v, Op.GET_ATTRIBUTE_LIST,
            payloads.GetAttributeListRequestPayload(unique_identifier=ID))
    request("activate", v, Op.ACTIVATE, payloads.ActivateRequestPayload(
        unique_identifier=attrs.UniqueIdentifier(ID)))
    request("revoke", v, Op.REVOKE, payloads.RevokeRequestPayload(
        unique_identifier=attrs.UniqueIdentifier(ID),
        revocation_reason=objects.RevocationReason(
            code=enums.RevocationReasonCode.KEY_COMPROMISE, message="laptop lost"),
        compromise_occurrence_date=DateTime(STAMP, enums.Tags.COMPROMISE_OCCURRENCE_DATE)))
    request("destroy", v, Op.DESTROY, payloads.DestroyRequestPayload(
        unique_identifier=attrs.UniqueIdentifier(ID)))
    request("query", v, Op.QUERY, payloads.QueryRequestPayload(
        [enums.QueryFunction.QUERY_OPERATIONS, enums.QueryFunction.QUERY_OBJECTS]))
    if v < "2":
        request("modify-attribute", v, Op.MODIFY_ATTRIBUTE, payloads.ModifyAttributeRequestPayload(
            unique_identifier=ID, attribute=name("tde/old")))
        request("delete-attribute", v, Op.DELETE_ATTRIBUTE, payloads.DeleteAttributeRequestPayload(
            unique_identifier=ID, attribute_name="Name", attribute_index=1))
    else:
        request("modify-attribute", v, Op.MODIFY_ATTRIBUTE, payloads.ModifyAttributeRequestPayload(
            unique_identifier=ID,
            current_attribute=objects.CurrentAttribute(attribute=plain_name("tde/orders")),
            new_attribute=objects.NewAttribute(attribute=plain_name("tde/old"))))
        request("set-attribute", v, Op.SET_ATTRIBUTE, payloads.SetAttributeRequestPayload(
            unique_identifier=ID,
            new_attribute=objects.NewAttribute(attribute=TextString("cassandra", enums.Tags.OBJECT_GROUP))))
        request("delete-attribute", v, Op.DELETE_ATTRIBUTE, payloads.DeleteAttributeRequestPayload(
            unique_identifier=ID,
            current_attribute=objects.CurrentAttribute(attribute=plain_name("tde/orders"))))
    if v > "1.0":
        request("discover-versions", v, Op.DISCOVER_VERSIONS,
                payloads.DiscoverVersionsRequestPayload(
                    [contents.ProtocolVersion(2, 0), contents.ProtocolVersion(1, 4)]))
        response("discover-versions", v, Op.DISCOVER_VERSIONS,
                 payloads.DiscoverVersionsResponsePayload(
                     [contents.ProtocolVersion(1, 4), contents.ProtocolVersion(1, 2)]))
    if v > "1.0":
        for operation, payload in (
                ("encrypt", payloads.EncryptRequestPayload), ("decrypt", payloads.DecryptRequestPayload)):
            more = {}
            if v >= "1.4":
                more["auth_additional_data"] = b"additional"
            if v >= "1.4" and operation == "decrypt":
                more["auth_tag"] = bytes(16)
            request(operation, v, Op[operation.upper()], payload(
                unique_identifier=ID, cryptographic_parameters=attrs.CryptographicParameters(
                    block_cipher_mode=enums.BlockCipherMode.GCM,
                    cryptographic_algorithm=enums.CryptographicAlgorithm.AES, tag_length=16),
                data=KEY, iv_counter_nonce=bytes(12), **more))
    request("credential", v, Op.DESTROY, payloads.DestroyRequestPayload(
        unique_identifier=attrs.UniqueIdentifier(ID)),
        credential=contents.Authentication(credentials=[objects.Credential(
            credential_type=enums.CredentialType.USERNAME_AND_PASSWORD,
            credential_value=objects.UsernamePasswordCredential("node1", "s3cret"))]))

    response("create", v, Op.CREATE, payloads.CreateResponsePayload(
        object_type=enums.ObjectType.SYMMETRIC_KEY, unique_identifier=ID))
    response("register", v, Op.REGISTER, payloads.RegisterResponsePayload(unique_identifier=ID))
    response("locate", v, Op.LOCATE, payloads.LocateResponsePayload(
        unique_identifiers=[ID, OTHER], located_items=2))
    response("get", v, Op.GET, payloads.GetResponsePayload(
        object_type=enums.ObjectType.SYMMETRIC_KEY, unique_identifier=ID, secret=key_object()))
    response("get-attributes", v, Op.GET_ATTRIBUTES, payloads.GetAttributesResponsePayload(
        unique_identifier=ID,
        attributes=[state, algorithm, length, mask, name("tde/orders"), group, made, appinfo]))
    response("get-attribute-list", v, Op.GET_ATTRIBUTE_LIST,
             payloads.GetAttributeListResponsePayload(
                 unique_identifier=ID, attribute_names=["Name", "State"]))
    response("activate", v, Op.ACTIVATE, payloads.ActivateResponsePayload(
        unique_identifier=attrs.UniqueIdentifier(ID)))
    response("query", v, Op.QUERY, payloads.QueryResponsePayload(
        operations=[Op.CREATE, Op.GET, Op.LOCATE],
        object_types=[enums.ObjectType.SYMMETRIC_KEY], vendor_identification="PyKMIP"))
    if v > "1.0":
        more = {"auth_tag": bytes(range(16))} if v >= "1.4" else {}
        response("encrypt", v, Op.ENCRYPT, payloads.EncryptResponsePayload(
            unique_identifier=ID, data=KEY, iv_counter_nonce=bytes(range(12)), **more))
        response("decrypt", v, Op.DECRYPT, payloads.DecryptResponsePayload(
            unique_identifier=ID, data=KEY))
    response("not-found", v, Op.GET, reason=enums.ResultReason.ITEM_NOT_FOUND,
             text="Could not locate object: " + ID)
    response("denied", v, Op.GET, reason=enums.ResultReason.PERMISSION_DENIED, text="no")
    response("illegal", v, Op.DESTROY, reason=enums.ResultReason.ILLEGAL_OPERATION, text="active")
    response("invalid-message", v, None, reason=enums.ResultReason.INVALID_MESSAGE,
             text="Error parsing request message. See server logs for more information.")
