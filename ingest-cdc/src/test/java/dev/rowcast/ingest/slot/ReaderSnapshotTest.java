package dev.rowcast.ingest.slot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReaderSnapshotTest {

    @ParameterizedTest(name = "{0} sees {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    725:725:                               | 724        | true
                    725:725:                               | 725        | false
                    725:725:                               | 726        | false
                    720:725:720,723                        | 719        | true
                    720:725:720,723                        | 720        | false
                    720:725:720,723                        | 721        | true
                    720:725:720,723                        | 723        | false
                    720:725:720,723                        | 724        | true
                    4294967290:4294967300:4294967290       | 4294967289 | true
                    4294967290:4294967300:4294967290       | 4294967290 | false
                    4294967290:4294967300:4294967290       | 4294967295 | true
                    4294967290:4294967300:4294967290       | 3          | true
                    4294967290:4294967300:4294967290       | 4          | false
                    8589934600:8589934610:8589934601       | 8          | true
                    8589934600:8589934610:8589934601       | 9          | false
                    8589934600:8589934610:8589934601       | 4294967290 | true
                    2147483650:2147483650:                 | 2147483649 | true
                    2147483650:2147483650:                 | 2147483650 | false
                    2147483650:2147483650:                 | 5          | true
                    """)
    void seesWhatIsOverAlsoAcrossAWrapOfTheNumbers(String snapshot, long xid, boolean sees) {
        assertThat(ReaderSnapshot.parse(snapshot).sees(xid)).isEqualTo(sees);
    }
}
