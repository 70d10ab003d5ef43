namespace Hfmc.Core.Xet;

/// <summary>From which length on a chunk may end where its content says so; the programs that upload to the Hub have not always agreed.</summary>
public enum ChunkRule
{
    /// <summary>8192: hf_xet since 1.1.10 of September 2025, and the documentation.</summary>
    Current,

    /// <summary>8128: hf_xet before that, and the JavaScript client. On one file in many it cuts elsewhere.</summary>
    Older,
}
