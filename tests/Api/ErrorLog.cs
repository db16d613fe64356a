using System.Collections;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace VectorCluster.Api.Tests;

/// <summary>Keeps the errors that a server logs, so that a test's failure can show the cause.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger, IEnumerable<string>
{
    private readonly ConcurrentQueue<string> _errors = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) _errors.Enqueue($"{formatter(state, exception)}\n{exception}");
    }

    public IEnumerator<string> GetEnumerator() => _errors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        // Nothing is held but memory.
    }
}
