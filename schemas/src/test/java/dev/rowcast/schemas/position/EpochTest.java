package dev.rowcast.schemas.position;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EpochTest {

    private static final Epoch EPOCH = Epoch.of("topic", "7612345678901234567", 1, 1);

    @Test
    void theSameIdentitiesMakeTheSameEpoch() {
        assertThat(Epoch.of("topic", "7612345678901234567", 1, 1)).isEqualTo(EPOCH);
    }

    @Test
    void anyOtherIdentityMakesAnotherEpoch() {
        assertThat(Epoch.of("recreated", "7612345678901234567", 1, 1)).isNotEqualTo(EPOCH);
        assertThat(Epoch.of("topic", "7612345678901234568", 1, 1)).isNotEqualTo(EPOCH);
        assertThat(Epoch.of("topic", "7612345678901234567", 2, 1)).isNotEqualTo(EPOCH);
        assertThat(Epoch.of("topic", "7612345678901234567", 1, 2)).isNotEqualTo(EPOCH);
    }

    @Test
    void theTextIsSixteenHexDigits() {
        assertThat(new Epoch(255)).hasToString("00000000000000ff");
    }

    @Test
    void transactionsAndTheirChangesHaveIdsInIt() {
        assertThat(new Epoch(255).transactionId(16)).isEqualTo("00000000000000ff-0000000000000010");
        assertThat(new Epoch(255).eventId(16, 3)).isEqualTo("00000000000000ff-0000000000000010-3");
    }
}
