using OrleansPool.Simulation.Linearizability;

namespace OrleansPool.Simulation.Histories;

/// <summary>Pairs the invocations of a file with their answers: a process does one operation at a time, and the number of the line is the time.</summary>
internal sealed class RecordedCalls<TInput, TOutput>(string file)
    where TInput : notnull
{
    private readonly List<HistoryOperation<TInput, TOutput>> _ended = [];
    private readonly Dictionary<int, HistoryOperation<TInput, TOutput>> _open = [];
    private int _invocationCount;

    public void Invoke(int process, TInput input, int line)
    {
        _invocationCount++;
        var operation = new HistoryOperation<TInput, TOutput>(process, input, default!, line, HistoryOperation<TInput, TOutput>.Never);
        if (!_open.TryAdd(process, operation))
            throw new HistoryFormatException(file, line, $"process {process} invokes while its operation of line {_open[process].InvokedAt} is still open");
    }

    public void Return(int process, TInput input, TOutput output, int line) =>
        _ended.Add(Close(process, input, line) with { Output = output, ReturnedAt = line });

    /// <summary>The operation certainly had no effect.</summary>
    public void Fail(int process, int line) => Close(process, line);

    /// <summary>Nobody knows whether the operation had an effect.</summary>
    public void Lose(int process, int line) => _ended.Add(Close(process, line));

    /// <summary>All operations; those that were never answered are of unknown outcome.</summary>
    public IReadOnlyList<HistoryOperation<TInput, TOutput>> End(int line) =>
        _invocationCount > 0
            ? [.. _ended, .. _open.Values]
            : throw new HistoryFormatException(file, Math.Max(line, 1), "the file ends and holds no operation");

    /// <summary>What the operation invoked that an answer of a process belongs to.</summary>
    public TInput InputOf(int process, int line) =>
        _open.TryGetValue(process, out HistoryOperation<TInput, TOutput> operation)
            ? operation.Input
            : throw new HistoryFormatException(file, line, $"process {process} gets an answer, but has no open operation");

    private HistoryOperation<TInput, TOutput> Close(int process, TInput input, int line) =>
        EqualityComparer<TInput>.Default.Equals(InputOf(process, line), input)
            ? Close(process, line)
            : throw new HistoryFormatException(
                file, line, $"process {process} gets the answer to {input}, but invoked {InputOf(process, line)} in line {_open[process].InvokedAt}");

    private HistoryOperation<TInput, TOutput> Close(int process, int line)
    {
        _ = InputOf(process, line);
        _open.Remove(process, out HistoryOperation<TInput, TOutput> operation);
        return operation;
    }
}
