package dev.rowcast.standalone.fleet;

import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.protocol.Frames;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.standalone.fleet.Wire.Wish;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A client as the protocol's page wants it: it keeps what came up to its last cursor, forgets what came after that
/// when its connection breaks, and goes on from there. What it was told must be the log's sequence for it.
///
/// One thread at a time drives it.
final class FleetClient {

    private static final Pattern CURSOR = Pattern.compile("\"cursor\":\"([^\"]+)\"}$");
    private static final Pattern RETRY = Pattern.compile("\"retryAfterMs\":(\\d+)");
    /// What a node may say that has too much to do, or a client that reads slowly.
    private static final Set<String> BUSY = Set.of("NOT_READY", "OVERLOADED", "DRAINING", "SLOW_CONSUMER");
    private static final Pattern ENTITY = Pattern.compile("\"entityId\":\"(\\d+)\"");

    /// What it was told, in order.
    private sealed interface Told {
        /// @param connection counted from 1
        record Row(long number, int connection, boolean coalesced) implements Told {}

        record Reset(String json) implements Told {}
    }

    private final String name;
    private final String tenant;
    private final Set<String> channels;
    private final boolean rows;
    private final String token;
    private final List<Told> kept = new ArrayList<>();
    private final List<Told> sinceCursor = new ArrayList<>();
    /// Where each of its connections began.
    private final List<String> connections = new ArrayList<>();
    private Optional<String> start = Optional.empty();
    private volatile Optional<String> cursor = Optional.empty();
    private int resets;
    private int unready;
    private boolean afterError;
    private long retryMs = -1;
    private volatile long newest;
    private volatile String lastMessage = "";
    private volatile String lastEnd = "";

    FleetClient(String name, String tenant, Set<String> channels, boolean rows) {
        this.name = name;
        this.tenant = tenant;
        this.channels = channels;
        this.rows = rows;
        this.token = World.token(name, tenant);
    }

    String tenant() {
        return tenant;
    }

    Set<String> channels() {
        return channels;
    }

    int resets() {
        return resets;
    }

    /// How often a gateway could not serve it.
    int unready() {
        return unready;
    }

    /// The highest number that it has for good.
    long newest() {
        return newest;
    }

    /// What it asks for when it connects now.
    Wish wish() {
        connections.add(cursor.orElse("the node's position"));
        return new Wish(token, channels, rows, cursor);
    }

    void broke(IOException why) {
        lastEnd = why.toString();
    }

    /// For who looks for what it waits for.
    String state() {
        return "%s has up to %d; the last message was %s, the last end %s"
                .formatted(name, newest, lastMessage, lastEnd);
    }

    /// Its connection broke.
    void forgetUnfinished() {
        afterError = false;
        sinceCursor.clear();
    }

    /// When it may come back, if it was told; once.
    OptionalLong retryMs() {
        OptionalLong told = retryMs < 0 ? OptionalLong.empty() : OptionalLong.of(retryMs);
        retryMs = -1;
        return told;
    }

    /// @throws IOException when the gateway cannot serve it now, so that it tries elsewhere
    /// @throws IllegalStateException when this cannot be
    void take(String json) throws IOException {
        lastMessage = json;
        switch (Frames.type(json)) {
            case "INVALIDATE", "CHANGE" -> {
                boolean coalesced = json.contains("\"coalesced\":true");
                Matcher entities = ENTITY.matcher(json);
                while (entities.find()) {
                    sinceCursor.add(new Told.Row(Long.parseLong(entities.group(1)), connections.size(), coalesced));
                }
            }
            case "RESET" -> sinceCursor.add(new Told.Reset(json));
            case "SUBSCRIBED" -> {
                if (json.contains("rejected\":[{")) {
                    throw new IllegalStateException(name + " was refused: " + json);
                }
                if (start.isEmpty()) {
                    start = cursor(json);
                }
            }
            case "ERROR" -> {
                if (BUSY.stream().noneMatch(json::contains)) {
                    throw new IllegalStateException(name + " was told " + json);
                }
                unready++;
                afterError = true;
                heedRetry(json);
            }
            case "GOAWAY" -> heedRetry(json);
            default -> {
                // Says nothing about rows.
            }
        }
        cursor(json).ifPresent(this::keepUpTo);
        if (afterError && Frames.type(json).equals("PROGRESS")) {
            throw new IOException(lastMessage);
        }
    }

    private void heedRetry(String json) {
        Matcher retry = RETRY.matcher(json);
        retryMs = retry.find() ? Long.parseLong(retry.group(1)) : retryMs;
    }

    private static Optional<String> cursor(String json) {
        Matcher matcher = CURSOR.matcher(json);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private void keepUpTo(String here) {
        cursor = Optional.of(here);
        for (Told told : sinceCursor) {
            switch (told) {
                case Told.Row row -> newest = Math.max(newest, row.number());
                case Told.Reset reset -> resets++;
            }
        }
        kept.addAll(sinceCursor);
        sinceCursor.clear();
    }

    /// How fast a client or a writer is, and how long one stays away, which is what is played; nothing is waited for.
    static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What is wrong with what it was told; empty when nothing is.
    Optional<String> problem(Truth truth, CursorCodec cursors) {
        List<Long> expected = truth.in(tenant, channels);
        Map<Long, Integer> places = new HashMap<>();
        for (int i = 0; i < expected.size(); i++) {
            places.put(expected.get(i), i);
        }
        if (start.isEmpty() && kept.isEmpty()) {
            return Optional.of(name + " was never subscribed");
        }
        // What came before SUBSCRIBED may be before its cursor, or be all that it needed; what is after must have come.
        int next = start.map(here -> firstAfter(expected, truth, cursors, here)).orElse(expected.size());
        if (!kept.isEmpty() && kept.getFirst() instanceof Told.Row first) {
            next = Math.min(next, places.getOrDefault(first.number(), -1));
        }
        boolean gapAllowed = false;
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < kept.size(); i++) {
            switch (kept.get(i)) {
                case Told.Reset reset -> gapAllowed = true;
                case Told.Row row -> {
                    long number = row.number();
                    if (!seen.add(number)) {
                        return Optional.of(
                                "%s got %d twice (entry %d): %s".formatted(name, number, i, history(number, cursors)));
                    }
                    int at = places.getOrDefault(number, -1);
                    if (at < next || (at > next && !gapAllowed)) {
                        return Optional.of("%s got %d (place %d) instead of place %d (entry %d of %d, %d resets)"
                                .formatted(name, number, at, next, i, kept.size(), resets));
                    }
                    next = at + 1;
                    gapAllowed = false;
                }
            }
        }
        return next == expected.size() || gapAllowed
                ? Optional.empty()
                : Optional.of("%s ends at place %d of %d".formatted(name, next, expected.size()));
    }

    /// How it came to a row.
    private String history(long number, CursorCodec cursors) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < kept.size(); i++) {
            if (kept.get(i) instanceof Told.Row row && row.number() == number) {
                for (int j = Math.max(0, i - 4); j < Math.min(kept.size(), i + 5); j++) {
                    text.append("\n   ").append(j).append(' ').append(kept.get(j));
                }
                int from = Math.max(0, row.connection() - 2);
                for (int j = from; j < Math.min(connections.size(), from + 4); j++) {
                    String at = connections.get(j);
                    text.append("\n   connection ")
                            .append(j + 1)
                            .append(" from ")
                            .append(at.startsWith("the") ? at : offset(at, cursors) + " " + at);
                }
            }
        }
        return text.toString();
    }

    /// Whether it has everything up to this row for good, or was told to fetch it.
    boolean isAt(long number, Truth truth, CursorCodec cursors) {
        return newest >= number || cursor.map(text -> offset(text, cursors)).orElse(-1L) >= truth.offset(number);
    }

    private long offset(String text, CursorCodec cursors) {
        Cursor position = cursors.decode(new TenantId(tenant), text)
                .orElseThrow(() -> new IllegalStateException(name + " has a cursor that is none: " + text));
        return position.offsets().values().iterator().next();
    }

    private int firstAfter(List<Long> expected, Truth truth, CursorCodec cursors, String text) {
        long offset = offset(text, cursors);
        int first = 0;
        while (first < expected.size() && truth.offset(expected.get(first)) <= offset) {
            first++;
        }
        return first;
    }

    @Override
    public String toString() {
        return name;
    }
}
