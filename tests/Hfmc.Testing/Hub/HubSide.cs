namespace Hfmc.Testing;

/// <summary>Which of the two servers: the hub itself, or the content network that its signed links lead to.</summary>
public enum HubSide
{
    Any,
    Hub,
    Cdn,
}
