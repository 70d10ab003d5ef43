using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hfmc.Core.Hashing;

/// <summary>How many inputs are compressed at a time. All give the same hash; a wider one may use the narrower ones for what is left over.</summary>
enum Blake3Path
{
    /// <summary>One, in ordinary registers.</summary>
    Scalar,

    /// <summary>Four: SSE, NEON, or what else the runtime has for it.</summary>
    Vector128,

    /// <summary>Eight.</summary>
    Avx2,

    /// <summary>Sixteen.</summary>
    Avx512,
}

static class Blake3Paths
{
    /// <summary>The widest that this processor has.</summary>
    public static Blake3Path Best { get; } = All.Last();

    /// <summary>Those that this processor has, the widest last.</summary>
    public static IEnumerable<Blake3Path> All => Enum.GetValues<Blake3Path>().Where(IsSupported);

    // Asked at run time: a release is compiled ahead for processors without the wide ones.
    static bool IsSupported(Blake3Path path) => path switch
    {
        Blake3Path.Avx512 => Avx512F.IsSupported || NativeLanes.Count >= 16,
        Blake3Path.Avx2 => Avx2.IsSupported || NativeLanes.Count >= 8,
        Blake3Path.Vector128 => System.Runtime.Intrinsics.Vector128.IsHardwareAccelerated,
        _ => true,
    };
}
