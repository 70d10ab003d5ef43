namespace Hfmc.Testing;

/// <summary>Parts of the API that mirrors and other Hubs may lack.</summary>
[Flags]
public enum HubParts
{
    None = 0,

    /// <summary>The list of files, <c>tree</c>.</summary>
    Tree = 1,

    /// <summary>Questions for some files, <c>paths-info</c>.</summary>
    PathsInfo = 2,

    /// <summary>Whether a caller may read, <c>auth-check</c>.</summary>
    AuthCheck = 4,

    /// <summary>The files in the answer about a repo.</summary>
    Siblings = 8,

    /// <summary>The sizes and ids of these files.</summary>
    SiblingBlobs = 16,

    /// <summary>The method HEAD.</summary>
    Head = 32,

    /// <summary>The answer about a repo.</summary>
    Info = 64,

    /// <summary>Content-Length of a HEAD, and X-Linked-Size.</summary>
    Length = 128,
}

/// <summary>What is answered in the place of what the hub lacks.</summary>
public enum LackStyle
{
    /// <summary>404 with a page for people.</summary>
    NotFoundPage,

    /// <summary>404 in JSON, without the Hub's code.</summary>
    NotFoundJson,

    /// <summary>405.</summary>
    MethodNotAllowed,

    /// <summary>501.</summary>
    NotImplemented,

    /// <summary>200 with a page for people, as sites give that are one page.</summary>
    Page,
}
