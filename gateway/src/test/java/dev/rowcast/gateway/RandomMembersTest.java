package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Members come and go, clients come back with their cursors, and the topology reads its input again, in any order:
/// in the end each client has exactly what was committed while its principal was a member, once, in order.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class RandomMembersTest {

    private static final String ROOM = "room:random";
    private static final List<String> USERS = List.of("alice", "bob", "carol");
    private static final int CLIENTS = 9;
    private static final int STEPS = 400;

    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());

    /// One client, which asks again with its cursor whenever it has lost the room.
    private final class Member implements AutoCloseable {
        final String user;
        final SocketClient socket;
        final List<Long> got = new ArrayList<>();
        String cursor;
        boolean subscribed;
        boolean asked;

        Member(Stage stage, String user, String cursor) {
            this.user = user;
            this.cursor = cursor;
            this.socket = SocketClient.open(
                    stage.gateway.port(),
                    "/v1/socket?token=" + Jwts.of(user, "demo", Instant.now().plusSeconds(600)));
            socket.next("WELCOME");
        }

        void takeWhatCame() {
            for (String text : socket.drain()) {
                // A position says nothing of a room that the client has not.
                boolean hasTheRoom = subscribed || text.contains("\"INVALIDATE\"") || text.contains("\"count\":1");
                if (hasTheRoom && text.contains("\"cursor\":\"")) {
                    cursor = text.replaceAll(".*\"cursor\":\"([^\"]+)\".*", "$1");
                }
                if (text.contains("\"INVALIDATE\"")) {
                    got.add(Long.parseLong(text.replaceAll(".*\"entityId\":\"([^\"]+)\".*", "$1")));
                } else if (text.contains("\"SUBSCRIBED\"")) {
                    asked = false;
                    subscribed = text.contains("\"count\":1");
                } else if (text.contains("\"REVOKED\"")) {
                    subscribed = false;
                } else if (text.contains("\"RESET\"") || text.contains("\"ERROR\"")) {
                    throw new AssertionError("seed %d: %s".formatted(seed, text));
                }
            }
        }

        void askWhereItHasNot() {
            takeWhatCame();
            if (!subscribed && !asked) {
                asked = true;
                socket.send("{\"type\":\"SUBSCRIBE\",\"payload\":{\"channels\":[\"%s\"],\"cursor\":\"%s\"}}"
                        .formatted(ROOM, cursor));
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @Test
    @DisplayName(
            "P2 P3 T2: whatever happens in whatever order, each has what was committed while it was a member, once")
    void eachHasWhatWasCommittedWhileItWasAMember(Kafka kafka, Registry registry) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        List<Member> members = new ArrayList<>();
        try (Stage stage = Stage.set(kafka, registry)) {
            long start = stage.topology.last("demo");
            for (int i = 0; i < CLIENTS; i++) {
                members.add(new Member(stage, USERS.get(i % USERS.size()), stage.topology.cursor("demo", start)));
            }
            List<Long> published = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                String user = USERS.get(random.nextInt(USERS.size()));
                switch (random.nextInt(12)) {
                    case 0 -> stage.topology.grant(ROOM, user);
                    case 1 -> stage.topology.revoke(ROOM, user);
                    case 2 ->
                        stage.topology.readAgain("demo", Math.max(1, stage.topology.last("demo") - random.nextInt(40)));
                    case 3, 4, 5 -> members.get(random.nextInt(CLIENTS)).askWhereItHasNot();
                    default -> {
                        long next = stage.topology.last("demo") + 1;
                        published.add(stage.topology.publish("demo", frame(ROOM, "source", Long.toString(next), next)));
                    }
                }
            }
            USERS.forEach(user -> stage.topology.grant(ROOM, user));

            Awaitility.await().atMost(Duration.ofMinutes(3)).untilAsserted(() -> {
                members.forEach(Member::askWhereItHasNot);
                for (Member member : members) {
                    LongStream expected = published.stream()
                            .mapToLong(Long::longValue)
                            .filter(offset -> stage.topology.wasMember(ROOM, member.user, offset));
                    assertThat(member.got)
                            .as("seed %d, %s", seed, member.user)
                            .isEqualTo(expected.boxed().toList());
                }
            });
        } finally {
            members.forEach(Member::close);
        }
    }
}
