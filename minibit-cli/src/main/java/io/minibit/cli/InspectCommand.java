package io.minibit.cli;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.TorrentFile;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code minibit inspect}: says what is in a torrent file. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    header = "Show what a torrent file says.",
    description = {
      "",
      "Names, sizes, trackers and the info-hash, by which peers and trackers know the torrent. Exits with 2 if the file is "
          + "malformed, so it also serves as a check.",
      "",
    })
final class InspectCommand implements Callable<Integer> {
  /** Fits on a screen beside the rest. */
  private static final int FEW_FILES = 10;

  private final Session session;

  @Mixin private TorrentArgument torrent = new TorrentArgument();

  @Option(names = "--files", description = "List all files, however many there are.")
  private boolean allFiles;

  @Option(names = "--json", description = "Print one JSON object instead, for programs.")
  private boolean json;

  InspectCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Metainfo metainfo = torrent.read();
    if (json) {
      session.print(json(metainfo));
    } else {
      print(metainfo);
    }
    return Main.DONE;
  }

  private void print(Metainfo metainfo) {
    line("name", metainfo.name());
    line("info-hash", metainfo.infoHash().toString());
    line("size", Words.size(metainfo.layout().totalLength()));
    line("pieces", Words.pieces(metainfo.layout()));
    int tier = 1;
    for (List<String> urls : metainfo.trackers()) {
      line(metainfo.trackers().size() == 1 ? "tracker" : "tracker " + tier++, String.join("  ", urls));
    }
    if (metainfo.trackers().isEmpty()) {
      line("tracker", "none");
    }
    line("private", metainfo.isPrivate() ? "yes: peers from these trackers only" : "no");
    line("created by", metainfo.createdBy());
    line("created at", metainfo.creationDate() == null ? null : metainfo.creationDate().toString());
    line("comment", metainfo.comment());
    printFiles(metainfo);
  }

  private void printFiles(Metainfo metainfo) {
    List<TorrentFile> files = metainfo.files().stream().filter(file -> !file.padding()).toList();
    line("files", String.valueOf(files.size()));
    int shown = allFiles || files.size() <= FEW_FILES ? files.size() : FEW_FILES;
    for (TorrentFile file : files.subList(0, shown)) {
      session.print(String.format("%12s  %s", Sizes.format(file.length()), SafeText.of(String.join("/", file.path()))));
    }
    if (shown < files.size()) {
      session.print(String.format("%12s  and %d more; --files lists them", "", files.size() - shown));
    }
  }

  private void line(String label, @Nullable String value) {
    if (value != null) {
      session.print(String.format("%-11s %s", label, SafeText.of(value)));
    }
  }

  /** Strings as the torrent has them: JSON's escapes are safe for a terminal. */
  private static String json(Metainfo metainfo) {
    JsonText json = new JsonText();
    json.openObject();
    json.field("name").string(metainfo.name());
    json.field("infoHash").string(metainfo.infoHash().toString());
    json.field("totalBytes").number(metainfo.layout().totalLength());
    json.field("pieceBytes").number(metainfo.layout().pieceLength());
    json.field("pieces").number(metainfo.layout().pieceCount());
    json.field("private").bool(metainfo.isPrivate());
    json.field("createdBy").string(metainfo.createdBy());
    json.field("createdAt").string(metainfo.creationDate() == null ? null : metainfo.creationDate().toString());
    json.field("comment").string(metainfo.comment());
    json.field("trackers").openArray();
    for (List<String> tier : metainfo.trackers()) {
      json.openArray();
      tier.forEach(json::string);
      json.closeArray();
    }
    json.closeArray();
    json.field("files").openArray();
    for (TorrentFile file : metainfo.files()) {
      if (!file.padding()) {
        json.openObject();
        json.field("path").string(String.join("/", file.path()));
        json.field("bytes").number(file.length());
        json.closeObject();
      }
    }
    json.closeArray();
    json.closeObject();
    return json.toString();
  }
}
