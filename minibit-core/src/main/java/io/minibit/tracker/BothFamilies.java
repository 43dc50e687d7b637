package io.minibit.tracker;

import io.minibit.model.Limits;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Announces over IPv4 and over IPv6 to a tracker that has addresses of both: it learns our address from the way we came,
 * and over UDP it names peers of that family only (BEP 7, BEP 15).
 */
final class BothFamilies {
  /** How much longer to wait for the second answer when one is there. */
  private static final Duration SECOND_ANSWER = Duration.ofSeconds(2);

  private BothFamilies() {}

  /** One announce, to those of the tracker's addresses that it may use. */
  interface Announce {
    AnnounceResponse to(TrackerCalls.Call call, Predicate<InetAddress> addresses) throws IOException;
  }

  static CompletableFuture<AnnounceResponse> announce(
      TrackerCalls calls, TrackerUri uri, AnnounceRequest request, Limits limits, Announce announce) {
    Duration limit = TrackerCalls.timeFor(request, limits);
    // Whoever listens at one address is reached there only; a literal has one family.
    if (!request.address().isUnspecified() || HttpTracker.isLiteral(uri.host())) {
      return calls.startPart(limit, call -> announce.to(call, address -> true));
    }
    return calls.start(
        limit,
        call -> hasBoth(uri.resolve()) ? both(calls, limit, call, announce) : announce.to(call, address -> true));
  }

  private static boolean hasBoth(InetAddress[] addresses) {
    boolean ipv4 = false;
    boolean ipv6 = false;
    for (InetAddress address : addresses) {
      if (address.isLoopbackAddress()) {
        return false; // on this machine all meet at either
      }
      ipv4 |= !isIpv6(address);
      ipv6 |= isIpv6(address);
    }
    return ipv4 && ipv6;
  }

  private static boolean isIpv6(InetAddress address) {
    return address instanceof Inet6Address;
  }

  /** Both at once, since one of the two ways may lead nowhere. */
  private static AnnounceResponse both(
      TrackerCalls calls, Duration limit, TrackerCalls.Call call, Announce announce) throws IOException {
    List<CompletableFuture<AnnounceResponse>> asked =
        List.of(
            calls.startPart(limit, each -> announce.to(each, address -> !isIpv6(address))),
            calls.startPart(limit, each -> announce.to(each, BothFamilies::isIpv6)));
    call.closeAtEnd(() -> asked.forEach(each -> each.cancel(false)));
    CompletableFuture<Void> enough = new CompletableFuture<>();
    for (CompletableFuture<AnnounceResponse> each : asked) {
      CompletableFuture<AnnounceResponse> unused =
          each.whenComplete(
              (answer, failure) -> {
                if (answer != null || asked.stream().allMatch(CompletableFuture::isDone)) {
                  enough.complete(null);
                }
              });
    }
    await(enough, Duration.ofMillis(call.remainingMillis()));
    await(CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new)), SECOND_ANSWER);
    return merged(asked);
  }

  private static void await(CompletableFuture<?> event, Duration atMost) throws IOException {
    try {
      event.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // What has come is looked at.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static AnnounceResponse merged(List<CompletableFuture<AnnounceResponse>> asked) throws IOException {
    AnnounceResponse merged = null;
    Throwable failure = null;
    for (CompletableFuture<AnnounceResponse> each : asked) {
      try {
        AnnounceResponse answer = each.getNow(null);
        merged = answer == null ? merged : merged == null ? answer : merged(merged, answer);
      } catch (CompletionException | CancellationException e) {
        failure = e.getCause() == null ? e : e.getCause();
      }
    }
    if (merged != null) {
      return merged;
    }
    if (failure instanceof TrackerException told) {
      throw told;
    }
    throw new IOException("no answer", failure);
  }

  private static AnnounceResponse merged(AnnounceResponse one, AnnounceResponse other) {
    Set<AnnounceResponse.Contact> peers = new LinkedHashSet<>(one.peers());
    peers.addAll(other.peers());
    return new AnnounceResponse(
        longer(one.interval(), other.interval()),
        longer(one.minInterval(), other.minInterval()),
        Math.max(one.seeders(), other.seeders()),
        Math.max(one.leechers(), other.leechers()),
        new ArrayList<>(peers),
        one.warning() == null ? other.warning() : one.warning());
  }

  private static @Nullable Duration longer(@Nullable Duration one, @Nullable Duration other) {
    return one == null || (other != null && other.compareTo(one) > 0) ? other : one;
  }
}
