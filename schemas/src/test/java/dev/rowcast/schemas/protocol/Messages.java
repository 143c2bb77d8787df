package dev.rowcast.schemas.protocol;

import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.filter.FilterException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// Any message that the protocol can say.
final class Messages {
    private static final JsonParsing JSON = JsonParsing.ofServers();
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

    private Messages() {}

    static Arbitrary<ClientMessage> clientMessages() {
        Arbitrary<Optional<String>> id = visible(64).optional();
        Arbitrary<Optional<String>> cursor = ascii(512).optional();
        return Arbitraries.oneOf(
                subscribe(id, cursor),
                Combinators.combine(id, code(), ids().optional(), channels())
                        .as((i, c, e, ch) -> new ClientMessage.Unsubscribe(i, Optional.of(c), e, ch, Optional.empty())),
                Combinators.combine(id, channel().list().ofMinSize(1).ofMaxSize(5), filter().optional())
                        .as((i, ch, f) -> new ClientMessage.Unsubscribe(i, Optional.empty(), Optional.empty(), ch, f)),
                id.map(ClientMessage.UnsubscribeAll::new),
                id.map(ClientMessage.Ping::new),
                Combinators.combine(id, ascii(8192)).as(ClientMessage.TokenRefresh::new),
                Combinators.combine(id, cursor, visible(128).optional()).as(ClientMessage.Hello::new),
                Combinators.combine(id, channel(), fragments()).as(ClientMessage.Broadcast::new),
                Combinators.combine(id, lsn(), millis(30_000)).as(ClientMessage.Wait::new));
    }

    private static Arbitrary<ClientMessage> subscribe(
            Arbitrary<Optional<String>> id, Arbitrary<Optional<String>> cursor) {
        Arbitrary<ClientMessage.Mode> mode = Arbitraries.of(ClientMessage.Mode.class);
        return Arbitraries.oneOf(
                Combinators.combine(id, code(), ids(), channels(), cursor, mode)
                        .as((i, c, e, ch, cu, m) -> new ClientMessage.Subscribe(
                                i, Optional.of(c), e, ch, Optional.empty(), cu, m, ch.size() % 2 == 1)),
                Combinators.combine(
                                id,
                                ids().map(e -> Optional.<String>empty()),
                                channel().list().ofMinSize(1).ofMaxSize(5),
                                filter().optional(),
                                cursor,
                                mode)
                        .as((i, none, ch, f, cu, m) ->
                                new ClientMessage.Subscribe(i, none, List.of(), ch, f, cu, m, ch.size() % 2 == 1)));
    }

    static Arbitrary<Envelope> envelopes() {
        Arbitrary<OptionalLong> xid = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 0xffff_ffffL).map(OptionalLong::of),
                Arbitraries.just(OptionalLong.empty()));
        return Combinators.combine(serverMessages(), visible(64).optional(), text().optional(), xid, text().optional())
                .as(Envelope::new);
    }

    private static Arbitrary<ServerMessage> serverMessages() {
        Arbitrary<Long> version = Arbitraries.longs().between(0, Checks.MAX_SAFE_INTEGER);
        return Arbitraries.oneOf(
                Combinators.combine(text(), text(), millis(1 << 30)).as(ServerMessage.Welcome::new),
                Combinators.combine(
                                Arbitraries.integers().greaterOrEqual(0),
                                filter().map(Filter::canonical).optional(),
                                Combinators.combine(text(), Arbitraries.of(ErrorCode.class))
                                        .as(ServerMessage.Subscribed.Rejection::new)
                                        .list()
                                        .ofMaxSize(4))
                        .as(ServerMessage.Subscribed::new),
                Combinators.combine(
                                text(),
                                Combinators.combine(
                                                text(),
                                                Arbitraries.of(ServerMessage.Invalidate.Action.class),
                                                Arbitraries.oneOf(
                                                        version.map(OptionalLong::of),
                                                        Arbitraries.just(OptionalLong.empty())))
                                        .as(ServerMessage.Invalidate.EntityChange::new)
                                        .list()
                                        .ofMaxSize(4),
                                times(),
                                Arbitraries.of(true, false))
                        .as(ServerMessage.Invalidate::new),
                changes(version),
                Combinators.combine(
                                text(), text(), text().optional(), text().optional(), text().optional(), times(), row())
                        .as((e, s, c, sl, i, t, r) -> new ServerMessage.Content(e, s, c, sl, i, t, canonical(json(r)))),
                Arbitraries.just(new ServerMessage.Pong()),
                Arbitraries.longs()
                        .between(0, 1 << 30)
                        .map(s -> new ServerMessage.TokenExpiringSoon(Duration.ofSeconds(s))),
                Combinators.combine(
                                text(),
                                Arbitraries.of(ErrorCode.class),
                                millis(60_000).optional())
                        .as((m, c, r) -> new ServerMessage.Error(m, c, r)),
                Combinators.combine(lsn(), millis(1 << 30)).as(ServerMessage.Progress::new),
                Combinators.combine(
                                text(),
                                Arbitraries.integers().greaterOrEqual(0),
                                Arbitraries.of(true, false),
                                texts(),
                                texts())
                        .as(ServerMessage.Presence::new),
                Combinators.combine(text(), text().optional(), fragments()).as(ServerMessage.Broadcast::new),
                Combinators.combine(texts(), Arbitraries.of(ServerMessage.Revoked.Reason.class))
                        .as(ServerMessage.Revoked::new),
                Combinators.combine(Arbitraries.of(ServerMessage.Reset.Reason.class), texts())
                        .as(ServerMessage.Reset::new),
                lsn().map(ServerMessage.Reached::new),
                Combinators.combine(Arbitraries.of(CloseCode.class), millis(60_000))
                        .as(ServerMessage.Goaway::new));
    }

    private static Arbitrary<ServerMessage> changes(Arbitrary<Long> version) {
        return Combinators.combine(
                        text(),
                        Arbitraries.of(ServerMessage.Change.EventType.class),
                        text().optional(),
                        version,
                        lsn(),
                        row().optional(),
                        row().optional(),
                        times())
                .as((table, event, id, v, lsn, newRow, oldRow, time) -> new ServerMessage.Change(
                        table, event, "source", id, v, lsn, newRow, oldRow, List.of(table), time));
    }

    private static Arbitrary<JsonFragment> fragments() {
        return row().map(row -> canonical(json(row)));
    }

    private static Arbitrary<RowImage> row() {
        Arbitrary<JsonFragment> values = Arbitraries.oneOf(
                text().map(text -> canonical(JsonFragment.text(text).json())),
                Arbitraries.of(
                                "null",
                                "true",
                                "0",
                                "-1.50",
                                "12345678901234567890",
                                "[1,{\"a\":null}]",
                                "{}",
                                "0.000001")
                        .map(Messages::canonical));
        return Arbitraries.maps(text(), values).ofMaxSize(5).map(map -> new RowImage(new LinkedHashMap<>(map)));
    }

    /// The value in the spelling of our own reader, which does not keep the spelling of escapes.
    private static JsonFragment canonical(String json) {
        return JsonFragment.parse(JSON.tree(json).toString());
    }

    private static String json(RowImage row) {
        return new JsonWriter(64).begin().row("row", Optional.of(row)).end().json();
    }

    private static Arbitrary<Instant> times() {
        return Arbitraries.longs()
                .between(
                        FIRST.toEpochMilli(),
                        Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli())
                .map(Instant::ofEpochMilli);
    }

    private static Arbitrary<Duration> millis(int most) {
        return Arbitraries.longs().between(0, most).map(Duration::ofMillis);
    }

    private static Arbitrary<String> lsn() {
        return Arbitraries.longs().map(v -> "%X/%X".formatted(v >>> 32, v & 0xffff_ffffL));
    }

    private static Arbitrary<String> code() {
        return Arbitraries.strings().withChars("abcXYZ019_.-").ofMinLength(1).ofMaxLength(64);
    }

    private static Arbitrary<List<String>> ids() {
        return visible(128).list().ofMaxSize(5);
    }

    private static Arbitrary<List<String>> channels() {
        return channel().list().ofMaxSize(5);
    }

    private static Arbitrary<String> channel() {
        return Arbitraries.strings()
                .withChars("abc019._~@:-")
                .ofMinLength(1)
                .ofMaxLength(128)
                .map(id -> "vault:" + id);
    }

    private static Arbitrary<Filter> filter() {
        return visible(40).map(value -> {
            try {
                return Filter.parse("or=(title.eq.\""
                        + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\",and(size.gt.5,owner.is.null))");
            } catch (FilterException e) {
                throw new AssertionError(value, e);
            }
        });
    }

    private static Arbitrary<String> ascii(int most) {
        return Arbitraries.strings().withCharRange('!', '~').ofMinLength(1).ofMaxLength(most);
    }

    private static Arbitrary<String> visible(int most) {
        return Arbitraries.strings()
                .withChars("aZ9 \"\\/<>&'äßŁ東京￥")
                .ofMinLength(1)
                .ofMaxLength(most);
    }

    private static Arbitrary<List<String>> texts() {
        return text().list().ofMaxSize(4);
    }

    /// Everything that UTF-8 can say, with what needs escaping more often than chance would have it.
    private static Arbitrary<String> text() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(40).filter(Messages::isWellFormed),
                Arbitraries.strings()
                        .withChars("\u0000\u0001\u001f\"\\\n\r\t\u2028\u007f a")
                        .ofMaxLength(20),
                Arbitraries.of("🦊", "", "a🦊b", "null"));
    }

    private static boolean isWellFormed(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
