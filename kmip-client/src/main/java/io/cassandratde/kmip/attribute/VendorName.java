package io.cassandratde.kmip.attribute;

/**
 * A custom attribute's name in its two forms: {@code x-note} and {@code y-note} (client and server,
 * KMIP 1.4 section 3.39) are vendors "x" and "y" of KMIP 2.x; any other vendor's is {@code
 * vendor:note} here.
 */
record VendorName(String vendor, String name) {
  static VendorName of(String joined) {
    if (joined.startsWith("x-") || joined.startsWith("y-")) {
      return new VendorName(joined.substring(0, 1), joined.substring(2));
    }
    int colon = joined.indexOf(':');
    return colon <= 0
        ? new VendorName("x", joined)
        : new VendorName(joined.substring(0, colon), joined.substring(colon + 1));
  }

  String joined() {
    return vendor.equals("x") || vendor.equals("y") ? vendor + "-" + name : vendor + ":" + name;
  }
}
