using Hfmc.Core.Peers;
using Hfmc.Core.Sources;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving;

/// <summary>How much this daemon and its peers say to each other: requests that it answers, and lines of news both ways.</summary>
sealed class PeerTalk(FollowAnswer[] follows, CrowdBook[] books)
{
    long _requests;

    /// <summary>Since the start of the daemon.</summary>
    public long Messages => Volatile.Read(ref _requests) + follows.Sum(follow => follow.Lines) + books.Sum(book => book.Heard);

    /// <summary>Counts the requests on their way.</summary>
    public RequestDelegate Count(RequestDelegate next) => context =>
    {
        if (context.Request.Path.StartsWithSegments(PeerProtocol.Root))
            Interlocked.Increment(ref _requests);
        return next(context);
    };
}
