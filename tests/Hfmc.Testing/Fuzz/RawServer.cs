using System.Net;
using System.Net.Sockets;

namespace Hfmc.Testing;

/// <summary>Listens on loopback, and answers each request with the bytes that it was given: what no HTTP server would send.</summary>
public sealed class RawServer : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _end = new();
    readonly Task _accepting;
    TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RawServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Head and body of every answer from now on.</summary>
    public byte[] Answer
    {
        get;
        set => (field, _sent) = (value, new(TaskCreationOptions.RunContinuationsAsynchronously));
    } = [];

    /// <summary>Completes when the answer has been sent.</summary>
    public Task Sent => _sent.Task;

    /// <summary>After the answer it is silent, and the connection stays open.</summary>
    public bool StaysOpen { get; set; }

    /// <summary>
    /// Waits for the end of a question that this server was asked. Where it stays open, the asker's patience ends once all was sent:
    /// then its time is let pass.
    /// </summary>
    public async Task EndAsync(Task asked, ManualTime time)
    {
        var ended = time.SkipRestsAsync(asked.ContinueWith(task => task, TaskScheduler.Default), CancellationToken.None);
        while (StaysOpen && !asked.IsCompleted)
        {
            await Task.WhenAny(asked, Sent);
            time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }
        await await ended;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
            try
            {
                _ = AnswerAsync(await _listener.AcceptSocketAsync(_end.Token));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
    }

    async Task AnswerAsync(Socket socket)
    {
        using var connection = socket;
        try
        {
            // The questions of these tests arrive with their head at the latest.
            await connection.ReceiveAsync(new byte[64 << 10], _end.Token);
            var sent = _sent;
            for (var rest = Answer.AsMemory(); !rest.IsEmpty;)
                rest = rest[await connection.SendAsync(rest, _end.Token)..];
            sent.TrySetResult();
            if (!StaysOpen)
                connection.Shutdown(SocketShutdown.Send);
            while (await connection.ReceiveAsync(new byte[4096], _end.Token) > 0)
            {
                // Until the other end has had enough.
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // The asker has gone, or the test.
        }
    }
}
