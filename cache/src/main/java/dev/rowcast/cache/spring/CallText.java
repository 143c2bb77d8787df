package dev.rowcast.cache.spring;

import dev.rowcast.cache.spring.CacheKeyException.Code;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One parameter of a call as text, of which no two that differ have the same: else two callers would share
/// a value. So only types are taken that say in full what they are; the others are refused, not guessed at.
final class CallText {

    private static final int DEEPEST = 16;
    private static final String NULL = "-";

    private final CallKey call;
    private final int position;

    private CallText(CallKey call, int position) {
        this.call = call;
        this.position = position;
    }

    /// All parameters.
    ///
    /// @throws CacheKeyException when one of them cannot be written
    static String of(CallKey call) {
        return IntStream.range(0, call.parameters().size())
                .mapToObj(position ->
                        new CallText(call, position).written(call.parameters().get(position), 0))
                .collect(Collectors.joining(",", "(", ")"));
    }

    /// A parameter as it stands in a tag, where it must read as the row's column does.
    ///
    /// @throws CacheKeyException when there is no such parameter, or no row's tag can be made of it
    static String inTag(String tag, CallKey call, int position) {
        if (position >= call.parameters().size()) {
            throw new CacheKeyException(
                    Code.PARAMETER_NOT_IN_TAG,
                    "tag '%s' needs parameter %d, and '%s' has %d"
                            .formatted(
                                    tag,
                                    position,
                                    call.method(),
                                    call.parameters().size()));
        }
        return switch (call.parameters().get(position)) {
            case String text -> text;
            case Enum<?> constant -> constant.name();
            case Byte _, Short _, Integer _, Long _, BigInteger _, Boolean _, Character _, UUID _ ->
                call.parameters().get(position).toString();
            case null, default ->
                throw new CacheKeyException(
                        Code.PARAMETER_NOT_IN_TAG,
                        ("tag '%s' needs parameter %d of '%s', which is %s: no row evicts such a tag; pass text, a whole"
                                        + " number, a boolean, an enum or a UUID")
                                .formatted(
                                        tag,
                                        position,
                                        call.method(),
                                        type(call.parameters().get(position))));
        };
    }

    private String written(@Nullable Object value, int depth) {
        if (depth > DEEPEST) {
            throw refused(value);
        }
        Function<@Nullable Object, String> inner = each -> written(each, depth + 1);
        return switch (value) {
            case null -> NULL;
            case String _, Character _, Boolean _, UUID _ -> single(value, value.toString());
            case Byte _, Short _, Integer _, Long _, Float _, Double _ -> single(value, value.toString());
            case BigInteger number when number.getClass() == BigInteger.class -> single(value, number.toString());
            case BigDecimal number when number.getClass() == BigDecimal.class -> single(value, number.toString());
            case Enum<?> constant -> of(constant.getDeclaringClass().getName(), constant.name());
            case TemporalAccessor _, TemporalAmount _, ZoneId _
            when isOfJavaTime(value) -> single(value, value.toString());
            case Record row -> group(row.getClass().getName(), components(row).map(inner));
            case Optional<?> optional -> group("optional", optional.stream().map(inner));
            case OptionalInt optional ->
                group("optional", optional.stream().boxed().map(inner));
            case OptionalLong optional ->
                group("optional", optional.stream().boxed().map(inner));
            case OptionalDouble optional ->
                group("optional", optional.stream().boxed().map(inner));
            case Collection<?> all -> collection(all, inner);
            case Map<?, ?> all -> map(all, inner);
            default -> {
                if (!value.getClass().isArray()) {
                    throw refused(value);
                }
                yield group(
                        value.getClass().getName(),
                        IntStream.range(0, Array.getLength(value)).mapToObj(i -> inner.apply(Array.get(value, i))));
            }
        };
    }

    private static String collection(Collection<?> all, Function<@Nullable Object, String> inner) {
        boolean ordered = all instanceof SequencedCollection || !(all instanceof Set);
        Stream<String> elements = all.stream().map(inner);
        return group(all instanceof Set ? "set" : "list", ordered ? elements : elements.sorted());
    }

    private static String map(Map<?, ?> all, Function<@Nullable Object, String> inner) {
        Stream<String> entries =
                all.entrySet().stream().map(entry -> inner.apply(entry.getKey()) + "=" + inner.apply(entry.getValue()));
        return group("map", all instanceof SequencedMap ? entries : entries.sorted());
    }

    private Stream<@Nullable Object> components(Record row) {
        return Arrays.stream(row.getClass().getRecordComponents()).map(component -> component(row, component));
    }

    private @Nullable Object component(Record row, RecordComponent component) {
        Method accessor = component.getAccessor();
        if (!accessor.trySetAccessible()) { // records may be private to who calls
            throw refused(row);
        }
        try {
            return accessor.invoke(row);
        } catch (ReflectiveOperationException e) {
            throw refused(row);
        }
    }

    private static boolean isOfJavaTime(Object value) {
        return value.getClass().getPackageName().equals("java.time");
    }

    private static String single(Object value, String text) {
        return of(value.getClass().getSimpleName(), text);
    }

    /// With its length, so that no text can pretend to be the end of itself and the beginning of another.
    private static String of(String type, String text) {
        return type + ":" + text.length() + ":" + text;
    }

    private static String group(String type, Stream<String> elements) {
        return elements.collect(Collectors.joining(",", type + "(", ")"));
    }

    private CacheKeyException refused(@Nullable Object value) {
        return new CacheKeyException(
                Code.PARAMETER_NOT_WRITABLE,
                ("parameter %d of '%s' holds %s, and two that differ could share a value; pass text, numbers, booleans,"
                                + " enums, UUIDs, java.time values, records, and collections, maps, optionals and arrays of"
                                + " these, %d deep at most")
                        .formatted(position, call.method(), type(value), DEEPEST));
    }

    private static String type(@Nullable Object value) {
        return value == null ? "null" : "a value of type " + value.getClass().getTypeName();
    }
}
