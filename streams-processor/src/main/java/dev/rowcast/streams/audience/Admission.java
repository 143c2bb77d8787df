package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.catalog.Access;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.ChannelType;
import dev.rowcast.schemas.catalog.TableRule;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Who may subscribe to what. Fails closed: what the catalog does not open is refused, and channels with members are
/// refused to everybody, because no membership is known here.
final class Admission {

    private static final int LONGEST_NAME = 512;

    private final Map<String, ChannelType> channels;
    private final Set<String> entities;

    Admission(Catalog catalog) {
        this.channels = catalog.channels();
        this.entities = catalog.tables().values().stream()
                .map(TableRule::entity)
                .flatMap(code -> code.stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /// Whether the principal may have the subscription. For an entity that means only that there is such a kind of
    /// entities: access follows from the row's channels at every change.
    boolean accepts(PrincipalKind kind, Target target) {
        String name = target.getName();
        int colon = name.indexOf(':');
        if (colon < 1
                || colon == name.length() - 1
                || name.length() > LONGEST_NAME
                || !target.getFilter().isEmpty()
                || name.chars().anyMatch(Character::isISOControl)) {
            return false;
        }
        return switch (target.getKind()) {
            case CHANNEL -> admits(kind, name);
            case ENTITY -> kind != PrincipalKind.UNKNOWN && entities.contains(name.substring(0, colon));
            case UNKNOWN -> false;
        };
    }

    /// Whether any of the channels is open to the principal.
    boolean admitsAny(PrincipalKind kind, Collection<String> names) {
        return names.stream().anyMatch(name -> admits(kind, name));
    }

    private boolean admits(PrincipalKind kind, String channel) {
        int colon = channel.indexOf(':');
        ChannelType type = colon < 0 ? null : channels.get(channel.substring(0, colon));
        return type != null && admits(kind, type.access());
    }

    private static boolean admits(PrincipalKind kind, Access access) {
        return switch (kind) {
            case USER, KEY -> access != Access.MEMBERS;
            case ANONYMOUS -> access == Access.PUBLIC;
            case UNKNOWN -> false;
        };
    }
}
