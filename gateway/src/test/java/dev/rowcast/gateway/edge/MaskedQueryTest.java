package dev.rowcast.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskedQueryTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
            channel=vault:1&apikey=pk_x&mode=rows, channel=vault:1&apikey=***&mode=rows
            token=a.b.c, token=***
            TOKEN=a&Ticket=b&x, TOKEN=***&Ticket=***&x
            %74oken=a.b.c, %74oken=***
            tick%65t=%41, tick%65t=***
            other=eyJhbGciOi.e30.x, other=***
            other=%65yJhbGciOi, other=***
            sk_in_no_place, =***
            channel=%zz&token=x, channel=%zz&token=***
            cursor=AQ&channel=a:1, cursor=AQ&channel=a:1
            """)
    void noSpellingShowsACredential(String query, String shown) {
        assertThat(Credentials.masked(query)).isEqualTo(shown);
    }
}
