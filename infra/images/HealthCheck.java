import java.net.HttpURLConnection;
import java.net.URI;

/// Ends with 0 when the address answers 200, else with 1 and the reason: the image needs no shell and no curl.
void main(String[] arguments) throws Exception {
    var connection = (HttpURLConnection) URI.create(arguments[0]).toURL().openConnection();
    connection.setConnectTimeout(2_000);
    connection.setReadTimeout(2_000);
    try {
        int status = connection.getResponseCode();
        IO.println(arguments[0] + " answers " + status);
        System.exit(status == 200 ? 0 : 1);
    } catch (IOException e) {
        IO.println(arguments[0] + " does not answer: " + e.getMessage());
        System.exit(1);
    }
}
