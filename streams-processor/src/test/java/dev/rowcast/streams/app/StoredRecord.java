package dev.rowcast.streams.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/// The newest record of one key in a store's changelog, as bytes.
///
/// @param key in hexadecimal
/// @param value in hexadecimal
record StoredRecord(String store, String key, String value) implements Comparable<StoredRecord> {

    private static final HexFormat HEX = HexFormat.of();

    static StoredRecord of(String store, byte[] key, byte[] value) {
        return new StoredRecord(store, HEX.formatHex(key), HEX.formatHex(value));
    }

    static List<StoredRecord> read(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split(" ", -1))
                .map(parts -> new StoredRecord(parts[0], parts[1], parts[2]))
                .toList();
    }

    static void write(Path file, List<StoredRecord> records) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(
                file,
                records.stream()
                        .map(each -> "%s %s %s".formatted(each.store, each.key, each.value))
                        .toList());
    }

    byte[] keyBytes() {
        return HEX.parseHex(key);
    }

    byte[] valueBytes() {
        return HEX.parseHex(value);
    }

    @Override
    public int compareTo(StoredRecord other) {
        int byStore = store.compareTo(other.store);
        return byStore == 0 ? key.compareTo(other.key) : byStore;
    }
}
