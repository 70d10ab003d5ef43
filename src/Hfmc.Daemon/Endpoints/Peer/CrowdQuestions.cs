using System.Net;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Daemon.Access;
using Hfmc.Daemon.Serving;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Endpoints.Peer;

/// <summary>Reads what members of a crowd ask, and refuses what cannot be a question.</summary>
static class CrowdQuestions
{
    public static async Task FollowAsync(HttpContext context, FollowAnswer follow)
    {
        if (await BoundedQuestion.ReadAsync(context, PeerJson.Default.PeerFollowQuestion, PeerProtocol.LargestQuestion) is not { Etags: not null } question
            || Names(question.Etags) is not { } blobs || Names(question.Small ?? []) is not { } small || question.Port is <= 0 or > IPEndPoint.MaxPort)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        var asker = AskingNode.Said(context);
        var address = question.Port is { } port && context.Connection.RemoteIpAddress is { } remote
            ? new PeerAddress((remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote).ToString(), port)
            : (PeerAddress?)null;
        await follow.WriteAsync(context, blobs.ToHashSet(), small, asker, address);
    }

    public static async Task BundleAsync(HttpContext context, BundleAnswer bundle)
    {
        if (await BoundedQuestion.ReadAsync(context, PeerJson.Default.PeerBlobQuestion, PeerProtocol.LargestQuestion) is not { Etags: { } etags } || Names(etags) is not { } blobs)
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        else
            await bundle.WriteAsync(context, blobs.Distinct());
    }

    // Null when they are too many, or something else.
    static List<ETag>? Names(string[] texts)
    {
        var names = new List<ETag>(Math.Min(texts.Length, PeerProtocol.MostBlobs));
        foreach (var text in texts)
        {
            if (names.Count >= PeerProtocol.MostBlobs || !ETag.TryParse(text, out var name))
                return null;
            names.Add(name);
        }
        return names;
    }
}
