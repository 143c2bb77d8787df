package dev.rowcast.gateway.feed;

import java.security.SecureRandom;
import java.util.HexFormat;

/// This start of this gateway, as the topology knows it. It says nothing about the machine.
record Node(String id) {

    static Node fresh() {
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        return new Node("gw-" + HexFormat.of().formatHex(random));
    }
}
