namespace Hfmc.Core.Hashing;

/// <summary>
/// The few operations of BLAKE3 on a vector of 32-bit words, one word for each of several inputs. Written once against this,
/// the compression runs on every width: the compiler makes a copy for each.
/// </summary>
interface IBlake3Lanes<TVector>
    where TVector : unmanaged
{
    /// <summary>How many words a vector has: a power of two, at most 16.</summary>
    static abstract int Count { get; }

    static abstract TVector All(uint word);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Xor(TVector a, TVector b);

    /// <summary>Rotates each word to the right.</summary>
    static abstract TVector Rotate16(TVector a);

    static abstract TVector Rotate12(TVector a);

    static abstract TVector Rotate8(TVector a);

    static abstract TVector Rotate7(TVector a);

    /// <summary>The words of the lower halves in turn: a0 b0 a1 b1 ...</summary>
    static abstract TVector ZipLow(TVector a, TVector b);

    /// <summary>The words of the upper halves in turn.</summary>
    static abstract TVector ZipHigh(TVector a, TVector b);
}
