using Microsoft.Extensions.Logging;
using OrleansPool.Client.Data;

namespace OrleansPool.Cli.Connection;

/// <summary>
/// Says on standard error when the bytes do not go by the data ports. That is slower and changes nothing else, so whoever does not log
/// would never learn that a key or a certificate is missing.
/// </summary>
internal sealed class FallbackNotice(TextWriter error) : ILoggerProvider, ILogger
{
    /// <summary>The category that it listens to.</summary>
    public static string Category { get; } = typeof(DataRoutes).FullName!;

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) error.WriteLine($"orleanspool: {formatter(state, exception)} A secured data port takes --data-key, --data-tls and the like: see --help.");
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
        // The writer is not its own.
    }
}
