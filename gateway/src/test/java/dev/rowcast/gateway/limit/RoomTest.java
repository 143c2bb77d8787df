package dev.rowcast.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("T30: no tenant takes the memory that requests of all tenants need")
class RoomTest {

    private static final int MIB = 1 << 20;
    private static final TenantId GREEDY = new TenantId("greedy");
    private static final TenantId MODEST = new TenantId("modest");

    private final Room room = new Room(64 * MIB);

    @Test
    void oneTenantGetsHalf() {
        List<Room.Place> held = new ArrayList<>();
        for (Optional<Room.Place> place = room.enter(GREEDY, 10 * MIB);
                place.isPresent();
                place = room.enter(GREEDY, 10 * MIB)) {
            held.add(place.get());
        }
        assertThat(held).hasSize(3);
        assertThat(room.enter(MODEST, 10 * MIB)).isPresent();
        held.forEach(Room.Place::leave);
        assertThat(room.enter(GREEDY, 10 * MIB)).isPresent();
    }

    @Test
    void whatIsLeftTwiceIsFreeOnce() {
        Room.Place first = room.enter(GREEDY, 20 * MIB).orElseThrow();
        assertThat(room.enter(GREEDY, 10 * MIB)).isPresent();
        first.leave();
        first.leave();
        assertThat(room.enter(GREEDY, 22 * MIB)).isPresent();
        assertThat(room.enter(GREEDY, MIB)).isEmpty();
    }

    @Test
    void aSingleRequestMayTakeMoreThanHalf() {
        assertThat(room.enter(GREEDY, 40 * MIB)).isPresent();
        assertThat(room.enter(MODEST, 40 * MIB)).isEmpty();
        assertThat(room.enter(MODEST, 24 * MIB)).isPresent();
    }

    @Test
    void emptyRequestsTakeRoomToo() {
        for (int i = 0; i < 2_048; i++) {
            assertThat(room.enter(GREEDY, 0)).isPresent();
        }
        assertThat(room.enter(GREEDY, 0)).isEmpty();
    }
}
