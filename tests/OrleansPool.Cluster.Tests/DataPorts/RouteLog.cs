using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansPool.Client.Data;

namespace OrleansPool.Cluster.Tests.DataPorts;

/// <summary>What a client logs about its ways to the data ports.</summary>
internal sealed class RouteLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName == typeof(DataRoutes).FullName);

    public void Dispose()
    {
        // The lines are asked for when the client is gone.
    }

    private sealed class Category(RouteLog log, bool isKept) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => isKept && logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log._lines.Enqueue(formatter(state, exception));
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
