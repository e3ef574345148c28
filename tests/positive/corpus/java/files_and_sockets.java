// SPDX-License-Identifier: Apache-2.0
// about: files, a socket server, zones, charsets, reflection, big heaps and garbage collection
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.time.*;
import java.util.*;

public class Main {
  public static void main(String[] args) throws Exception {
    Path file = Files.createTempFile("cex", ".txt");
    Files.writeString(file, "h\u00e9llo");
    boolean read = Files.size(file) == 6 && Files.readString(file).length() == 5;
    boolean heard;
    try (ServerSocket server = new ServerSocket(0, 4, InetAddress.getLoopbackAddress())) {
      Thread client = new Thread(() -> {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
          socket.getOutputStream().write("line\n".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
      client.start();
      heard = new BufferedReader(new InputStreamReader(server.accept().getInputStream())).readLine().equals("line");
      client.join();
    }
    boolean zone = ZonedDateTime.of(2023, 7, 1, 12, 0, 0, 0, ZoneOffset.UTC).withZoneSameInstant(ZoneId.of("Asia/Tokyo")).getHour() == 21;
    List<byte[]> heap = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      heap.add(new byte[100_000]);
      if (heap.size() > 200) heap.clear();
    }
    boolean method = Main.class.getMethod("main", String[].class).getParameterCount() == 1;
    System.out.println(read && heard && zone && method ? "works" : "does not: " + read + heard + zone + method);
  }
}
