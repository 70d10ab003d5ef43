namespace Hfmc.Daemon.Serving;

/// <summary>Where one kind of caller is answered: all answers are from the same shelf and the same books.</summary>
sealed record Desk(ShelfAnswers Shelves, BytesAnswer Bytes, FollowAnswer Follow, BundleAnswer Bundle, ChunkAnswer Chunks);
