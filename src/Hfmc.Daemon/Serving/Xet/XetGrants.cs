using System.Buffers.Text;
using System.Security.Cryptography;
using Hfmc.Core.Planning;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Daemon.Serving.Xet;

/// <summary>
/// Who may read which commits as Xet: a token for each, from when a caller was let in until it ends. They are kept, not written into the
/// token, because a restricted file is fetched with the caller's own login, which no answer and no link may hold.
/// Safe for several threads.
/// </summary>
sealed class XetGrants(TimeProvider time)
{
    /// <summary>How many are kept at a time. When one more is given, the oldest goes; its holder is refused and asks for a new one.</summary>
    public const int Most = 4096;

    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    readonly Lock _lock = new();
    readonly Dictionary<string, XetGrant> _byToken = new(StringComparer.Ordinal);
    readonly Dictionary<long, XetGrant> _byNumber = [];
    readonly Dictionary<(RepoId, CommitId, ViewCaller), XetGrant> _last = [];
    readonly Queue<XetGrant> _byAge = [];
    long _given;

    /// <summary>A grant that is good for half of <see cref="Life"/> at least: one caller who asks again and again has few.</summary>
    public XetGrant Give(RepoId repo, CommitId commit, ViewCaller caller)
    {
        var now = time.Steady();
        lock (_lock)
        {
            if (_last.TryGetValue((repo, commit, caller), out var last) && last.Ends - now >= Life / 2)
                return last;
            while (_byAge.TryPeek(out var oldest) && (_byAge.Count >= Most || oldest.Ends <= now))
                Forget(_byAge.Dequeue());
            var grant = new XetGrant(++_given, $"xet_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}", repo, commit, caller, now + Life);
            (_byToken[grant.Token], _byNumber[grant.Number], _last[(repo, commit, caller)]) = (grant, grant, grant);
            _byAge.Enqueue(grant);
            return grant;
        }
    }

    /// <summary>Null for a token that was not given, or has ended.</summary>
    public XetGrant? Find(string token)
    {
        lock (_lock)
            return Good(_byToken.GetValueOrDefault(token));
    }

    public XetGrant? Find(long number)
    {
        lock (_lock)
            return Good(_byNumber.GetValueOrDefault(number));
    }

    /// <summary>When the grant ends, as the wall clock stands now: for telling it to a client.</summary>
    public DateTimeOffset EndOf(XetGrant grant) => time.GetUtcNow() + (grant.Ends - time.Steady());

    XetGrant? Good(XetGrant? grant) => grant is not null && time.Steady() < grant.Ends ? grant : null;

    void Forget(XetGrant grant)
    {
        _byToken.Remove(grant.Token);
        _byNumber.Remove(grant.Number);
        var key = (grant.Repo, grant.Commit, grant.Caller);
        if (_last.GetValueOrDefault(key) == grant)
            _last.Remove(key);
    }
}

/// <summary>A caller may read the files of a commit as Xet.</summary>
sealed class XetGrant(long number, string token, RepoId repo, CommitId commit, ViewCaller caller, TimeSpan ends)
{
    const int MostWhole = 1024;

    readonly HashSet<ETag> _whole = [];

    /// <summary>What links name it by; it opens nothing.</summary>
    public long Number => number;

    /// <summary>What the caller shows.</summary>
    public string Token => token;

    public RepoId Repo => repo;

    public CommitId Commit => commit;

    /// <summary>Whose rights it has: they are looked at again with each use.</summary>
    public ViewCaller Caller => caller;

    /// <summary>By the steady clock.</summary>
    public TimeSpan Ends => ends;

    /// <summary>A file was told from its beginning on: who asks for it so goes on to its end.</summary>
    public void BeginsToRead(ETag blob)
    {
        lock (_whole)
            if (_whole.Count < MostWhole)
                _whole.Add(blob);
    }

    /// <summary>Whether somebody reads all of the file under this grant; when there are too many to know, of each it is assumed.</summary>
    public bool ReadsWhole(ETag blob)
    {
        lock (_whole)
            return _whole.Count >= MostWhole || _whole.Contains(blob);
    }
}
