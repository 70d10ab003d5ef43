namespace Hfmc.Core.Store;

/// <summary>What the notes of a cache say of the bytes that are there under a blob's name.</summary>
public enum BlobTrust
{
    /// <summary>Nothing was noted: something else put it there.</summary>
    Unknown,

    /// <summary>It is as it was when it was noted.</summary>
    Same,

    /// <summary>It has been changed since, or may have been by an unclean stop: only its digest tells whether it is still the blob.</summary>
    Changed,

    /// <summary>Its digest was computed, and is another.</summary>
    Wrong,
}
