using Microsoft.Extensions.Logging;

namespace Hfmc.Daemon.Logging;

/// <summary>Log lines of the daemon: <c>2026-11-22T10:00:00Z info Transfers: sentence</c>, to a file and, in the foreground, to stderr.</summary>
sealed class FileLog(RotatingFile file, bool toStderr, TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose() => file.Dispose();

    void Write(string line)
    {
        file.WriteLine(line);
        if (toStderr)
            Console.Error.WriteLine(line);
    }

    sealed class Category(FileLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var level = logLevel switch { LogLevel.Warning => "warn", LogLevel.Error or LogLevel.Critical => "fail", _ => "info" };
            var text = $"{formatter(state, exception)}{(exception is null ? "" : $" | {exception}")}".ReplaceLineEndings(" ↵ ");
            log.Write($"{log.Now():yyyy-MM-ddTHH:mm:ssZ} {level} {name}: {text}");
        }
    }

    DateTimeOffset Now() => time.GetUtcNow();
}
