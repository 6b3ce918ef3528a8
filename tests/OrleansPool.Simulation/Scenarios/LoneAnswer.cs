using OrleansPool.Core.Execution;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Simulation.Scenarios;

/// <summary>What a caller of a <see cref="LoneSilo"/> is told, at once or later. Told once.</summary>
internal sealed class LoneAnswer : IOperationCompletion
{
    private OperationResult? _result;

    /// <summary>What became of the input when it was handed over.</summary>
    public ExecutionOutcome Outcome { get; set; }

    public bool IsThere => _result is not null;

    public OperationResult Result => _result ?? throw new StoryException("there is no answer");

    public OperationStatus Status => Result.Status;

    public void Complete(in OperationResult result)
    {
        if (IsThere) throw new StoryException("an operation was answered twice");
        _result = result;
    }
}
