namespace Hfmc.Core.Repos;

/// <summary>The three kinds of repository that huggingface_hub's cache knows.</summary>
public enum RepoType
{
    Model,
    Dataset,
    Space,
}

/// <summary>The spellings of a type: <c>model</c> in options, <c>models</c> in API paths and cache folders.</summary>
public static class RepoTypes
{
    public static string Singular(this RepoType type) => type switch
    {
        RepoType.Model => "model",
        RepoType.Dataset => "dataset",
        _ => "space",
    };

    public static string Plural(this RepoType type) => type switch
    {
        RepoType.Model => "models",
        RepoType.Dataset => "datasets",
        _ => "spaces",
    };

    /// <summary>Reads either spelling; false for anything else.</summary>
    public static bool TryParse(string? text, out RepoType type)
    {
        (type, var known) = text switch
        {
            "model" or "models" => (RepoType.Model, true),
            "dataset" or "datasets" => (RepoType.Dataset, true),
            "space" or "spaces" => (RepoType.Space, true),
            _ => (default, false),
        };
        return known;
    }
}
