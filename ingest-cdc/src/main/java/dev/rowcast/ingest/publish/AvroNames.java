package dev.rowcast.ingest.publish;

import java.util.Set;
import java.util.regex.Pattern;

/// Postgres and Connect names that Avro would refuse, made into names that it takes.
final class AvroNames {

    private static final Pattern REFUSED = Pattern.compile("[^A-Za-z0-9_]");

    private AvroNames() {}

    /// Every part between dots becomes an Avro name.
    static String fullName(String name) {
        String[] parts = name.split("\\.");
        for (int i = 0; i < parts.length; i++) {
            parts[i] = name(parts[i]);
        }
        return String.join(".", parts);
    }

    /// The name of a field, numbered when another field of the record already became the same.
    static String unique(String name, Set<String> taken) {
        String base = name(name);
        String candidate = base;
        for (int i = 2; !taken.add(candidate); i++) {
            candidate = base + "_" + i;
        }
        return candidate;
    }

    private static String name(String name) {
        String plain = REFUSED.matcher(name).replaceAll("_");
        return plain.isEmpty() || Character.isDigit(plain.charAt(0)) ? "_" + plain : plain;
    }
}
