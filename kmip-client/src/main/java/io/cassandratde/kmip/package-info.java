/**
 * A KMIP client: settings, typed operations, typed failures.
 *
 * <pre>{@code
 * TlsSettings tls = TlsSettings.pkcs12(keystore, password, truststore, password);
 * List<KmipHost> hosts = List.of(KmipHost.parse("kmip1"), KmipHost.parse("kmip2:5696"));
 * try (KmipClient client = new KmipClient(KmipSettings.of("group", hosts, tls))) {
 *   Attributes template = Attributes.builder().cryptographicAlgorithm(CryptographicAlgorithm.AES)
 *       .cryptographicLength(256).usageMask(UsageMask.ENCRYPT_DECRYPT).name("orders").build();
 *   String id = client.call(new Create(template)).uniqueIdentifier();
 *   client.call(new Activate(id));
 *   try (Get.Result got = client.call(new Get(id))) { use(got.key()); }
 * } catch (KmipException e) { report(e.getMessage()); } // names group, host, operation, remedy
 * }</pre>
 */
@NullMarked
package io.cassandratde.kmip;

import org.jspecify.annotations.NullMarked;
