using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Hfmc.Core.Control;

/// <summary>The command's end of the control socket. No method starts a daemon; each says when there is none.</summary>
public sealed class ControlClient : IDisposable
{
    readonly HttpClient _http;
    readonly string _socket;

    public ControlClient(string socket, string version)
    {
        _socket = socket;
        _http = new(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false })
        {
            BaseAddress = new($"http://hfmc{ControlProtocol.Root}/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Add(ControlProtocol.VersionHeader, version);
    }

    /// <summary>Null when no daemon answers.</summary>
    public async Task<StatusMessage?> StatusAsync(CancellationToken cancellationToken)
    {
        // A path without a socket file is the common case of no daemon: no connection, no exception.
        if (!File.Exists(_socket))
            return null;
        try
        {
            return await _http.GetFromJsonAsync("status", ControlJson.Default.StatusMessage, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Asks the daemon to end; it has ended when its lock is free.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync("stop", null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Has the daemon read again those settings that it takes at once; false when it cannot: it is of another version, or they are wrong.</summary>
    public async Task<bool> TakeSettingsAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync("settings", null, cancellationToken);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Cancels the adds of a repo; returns how many there were.</summary>
    public async Task<int> CancelAsync(CancelMessage message, CancellationToken cancellationToken)
    {
        using var response = await PostAsync("cancel", message, ControlJson.Default.CancelMessage, cancellationToken);
        return (await response.Content.ReadFromJsonAsync(ControlJson.Default.CancelledMessage, cancellationToken))?.Cancelled ?? 0;
    }

    /// <summary>The lines of an add as they come; the last one has the outcome. Ending the enumeration cancels the add.</summary>
    /// <exception cref="HfmcException">The add failed, or the daemon went away.</exception>
    public async IAsyncEnumerable<AddLine> AddAsync(AddMessage message, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await PostAsync("add", message, ControlJson.Default.AddMessage, cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await ReadLineAsync(lines, cancellationToken) is { } text)
        {
            var line = JsonSerializer.Deserialize(text, ControlJson.Default.AddLine) ?? new();
            if (line.Error is { } error)
                throw error.ToException();
            yield return line;
            if (line.Outcome is not null || line.Detached)
                yield break;
        }
        throw new HfmcException(FailureKind.Unexpected, "the daemon ended in the middle of the download; run the command again: it goes on where it stopped");
    }

    public void Dispose() => _http.Dispose();

    static async Task<string?> ReadLineAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadLineAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            return null;
        }
    }

    async Task<HttpResponseMessage> PostAsync<T>(string path, T message, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(message, type) };
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode is HttpStatusCode.OK)
                return response;
            using (response)
                throw (await response.Content.ReadFromJsonAsync(ControlJson.Default.ControlError, cancellationToken))?.ToException()
                    ?? new HfmcException(FailureKind.Unexpected, $"the daemon answered {(int)response.StatusCode}; see 'hfmc daemon logs'");
        }
        catch (HttpRequestException error)
        {
            throw new HfmcException(FailureKind.Unexpected, $"the daemon does not answer ({error.Message}); run 'hfmc daemon restart'", error);
        }
    }

    async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
