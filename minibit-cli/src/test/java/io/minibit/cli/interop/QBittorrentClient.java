package io.minibit.cli.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** qBittorrent without a screen, as Debian's qbittorrent-nox. */
final class QBittorrentClient implements RealClient {
  @Override
  public void requireInstalled() {
    Requirements.program("qbittorrent-nox");
  }

  @Override
  public Program start(Testbed testbed, Host host, int port, Path torrent, Path directory) throws IOException {
    Path home = testbed.newDirectory("qBittorrent");
    Path configuration = Files.createDirectories(home.resolve("qBittorrent/config")).resolve("qBittorrent.conf");
    Files.writeString(
        configuration,
        """
        [LegalNotice]
        Accepted=true
        [BitTorrent]
        Session\\AddExtensionToIncompleteFiles=false
        Session\\AddTrackersEnabled=false
        Session\\BTProtocol=TCP
        Session\\DHTEnabled=false
        Session\\DefaultSavePath=%1$s
        Session\\Encryption=2
        Session\\Interface=
        Session\\InterfaceAddress=%2$s
        Session\\LSDEnabled=false
        Session\\MultiConnectionsPerIp=true
        Session\\PeXEnabled=false
        Session\\Port=%3$d
        Session\\QueueingSystemEnabled=false
        Session\\SSRFMitigation=false
        [Network]
        PortForwardingEnabled=false
        [Preferences]
        WebUI\\Address=127.0.0.1
        WebUI\\Port=%4$d
        WebUI\\UseUPnP=false
        """
            .formatted(directory, host.ip(), port, Host.freePort()));
    return testbed.start(
        "qBittorrent",
        host,
        home,
        List.of(
            Requirements.program("qbittorrent-nox"),
            "--profile=" + home,
            "--save-path=" + directory,
            "--skip-dialog=true",
            torrent.toString()));
  }
}
