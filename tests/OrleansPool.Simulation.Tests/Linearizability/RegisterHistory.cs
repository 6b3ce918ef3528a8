using OrleansPool.Simulation.Linearizability;
using OrleansPool.Simulation.Linearizability.Models;

namespace OrleansPool.Simulation.Tests.Linearizability;

/// <summary>A history of one register, written as a story: each operation with the moments at which it begins and ends.</summary>
internal sealed class RegisterHistory
{
    private readonly List<HistoryOperation<RegisterInput, RegisterOutput>> _operations = [];

    public IReadOnlyList<HistoryOperation<RegisterInput, RegisterOutput>> Operations => _operations;

    public RegisterHistory Write(long value, long from, long to) => Add(new(RegisterOperation.Write, value), new(true), from, to);

    public RegisterHistory Read(long? value, long from, long to) => Add(new(RegisterOperation.Read), new(true, value), from, to);

    public RegisterHistory Swap(long expected, long value, bool done, long from, long to) =>
        Add(new(RegisterOperation.CompareExchange, value, expected), new(done), from, to);

    public RegisterHistory MaybeWrite(long value, long from) => Write(value, from, HistoryOperation<RegisterInput, RegisterOutput>.Never);

    public RegisterHistory MaybeSwap(long expected, long value, long from) =>
        Swap(expected, value, true, from, HistoryOperation<RegisterInput, RegisterOutput>.Never);

    public CheckResult Check(CheckBudget? budget = null) => LinearizabilityChecker.Check(new RegisterModel(), _operations, budget ?? CheckBudget.Default);

    public void AssertIs(Verdict verdict)
    {
        Assert.Equal(verdict, Check().Verdict);
        if (_operations.Count <= 8) Assert.Equal(verdict == Verdict.Linearizable, ExhaustiveSearch.IsLinearizable(new RegisterModel(), _operations));
    }

    private RegisterHistory Add(RegisterInput input, RegisterOutput output, long from, long to)
    {
        _operations.Add(new(_operations.Count, input, output, from, to));
        return this;
    }
}
