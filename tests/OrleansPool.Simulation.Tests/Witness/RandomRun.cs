using System.Buffers.Binary;
using OrleansPool.Simulation.Linearizability;
using OrleansPool.Simulation.Linearizability.Models;
using OrleansPool.Simulation.Witness;

namespace OrleansPool.Simulation.Tests.Witness;

/// <summary>
/// A made-up run: clients on a memory that does one operation at a time, with their invocations, executions and answers in random order. What is written
/// is random, so no two versions of a block are equal.
/// </summary>
internal sealed class RandomRun
{
    private const int BugPercent = 10;

    private readonly RunOptions _options;
    private readonly Random _random;
    private readonly RunBlock[] _blocks;
    private readonly RunOperation?[] _open;
    private readonly List<RunOperation> _late = [];
    private readonly ulong[] _sequences;
    private ulong _epoch = 1;
    private long _now;

    public RandomRun(RunOptions options)
    {
        _options = options;
        _random = new Random(options.Seed);
        _blocks =
        [
            .. from segment in Enumerable.Range(0, options.SegmentCount)
               from block in Enumerable.Range(0, options.BlockCount)
               select new RunBlock((ulong)segment, block),
        ];
        _sequences = new ulong[options.SegmentCount];
        _open = new RunOperation?[options.ClientCount];
        while (Operations.Count < options.OperationCount || _open.Any(one => one is not null)) Step();
    }

    public List<RunOperation> Operations { get; } = [];

    public List<ExecutedOperation> Executed { get; } = [];

    /// <summary>How often the bug showed.</summary>
    public int BugCount { get; private set; }

    public WitnessReport Witness()
    {
        var witness = new VersionWitness(RunBlock.ByteCount);
        foreach (RunOperation one in Operations) witness.Record(one.ForWitness());
        foreach (ExecutedOperation one in Executed) witness.RecordExecuted(one);
        return witness.Check();
    }

    public CheckResult BlackBox() =>
        LinearizabilityChecker.Check(
            new BlockWordModel(RunBlock.ByteCount),
            Operations.Where(one => one.Seen.Outcome != WitnessedOutcome.Refused).Select(one => one.ForHistory()),
            input => input.Block,
            CheckBudget.Default);

    private void Step()
    {
        _now++;
        if (_random.Next(200) == 0) _epoch++;
        if (_random.Next(50) == 0) NewGeneration();
        if (_late.Count > 0 && _random.Next(10) == 0) RunLate();
        int client = _random.Next(_open.Length);
        RunOperation? open = _open[client];
        if (open is null)
        {
            if (Operations.Count < _options.OperationCount) _open[client] = Invoke(client);
        }
        else if (!open.HasRun)
        {
            if (open.IsLost && _random.Next(2) == 0) _late.Add(open);
            else Run(open);
            if (open.IsLost) _open[client] = null;
        }
        else
        {
            open.Seen = open.Seen with { CompletedAt = _now };
            _open[client] = null;
        }
    }

    private RunOperation Invoke(int client)
    {
        RunBlock block = _blocks[_random.Next(_blocks.Length)];
        var kind = (WitnessedKind)_random.Next((int)WitnessedKind.Add + 1);
        bool isWord = kind is WitnessedKind.CompareExchange or WitnessedKind.Add;
        bool isWhole = kind == WitnessedKind.Read && _random.Next(2) == 0;
        int offset = isWhole ? 0 : sizeof(long) * _random.Next(3);
        int count = isWhole ? RunBlock.ByteCount : isWord ? sizeof(long) : sizeof(long) + _random.Next(9);
        long found = BinaryPrimitives.ReadInt64LittleEndian(block.Bytes.AsSpan(offset));
        var operation = new RunOperation
        {
            Block = block,
            Bytes = kind == WitnessedKind.Write ? RandomBytes(count) : [],
            Operand = isWord ? _random.NextInt64() : 0,
            Expected = kind != WitnessedKind.CompareExchange ? 0 : _random.Next(3) == 0 ? _random.NextInt64() : found,
            IsLost = _random.Next(100) < _options.LossPercent,
            Seen = new WitnessedOperation
            {
                Id = Operations.Count,
                Client = client,
                Kind = kind,
                Segment = block.Segment,
                Block = block.Index,
                Generation = block.Generation,
                Offset = offset,
                Count = count,
                Session = kind == WitnessedKind.Read ? 0 : 1 + (ulong)client,
                Number = kind == WitnessedKind.Read ? 0 : 1 + (ulong)Operations.Count,
                InvokedAt = _now,
                CompletedAt = long.MaxValue,
            },
        };
        Operations.Add(operation);
        return operation;
    }

    private void RunLate()
    {
        RunOperation late = _late[_random.Next(_late.Count)];
        _late.Remove(late);
        if (late.Seen.Generation == late.Block.Generation) Run(late);
    }

    private void Run(RunOperation one)
    {
        one.HasRun = true;
        bool shows = _options.Bug != RunBug.None && _random.Next(100) < BugPercent;
        if (one.Seen.Generation != one.Block.Generation || _random.Next(50) == 0)
        {
            Answer(one, WitnessedOutcome.Refused, 0, default);
            return;
        }

        if (one.Seen.Kind == WitnessedKind.Read)
        {
            Read(one, shows);
            return;
        }

        long foundBefore = BinaryPrimitives.ReadInt64LittleEndian(one.Block.BytesBefore.AsSpan(one.Seen.Offset));
        ExecutedOperation executed = Execute(one, shows && _options.Bug == RunBug.LosesWrite && one.Seen.Kind == WitnessedKind.Write);
        long value = executed.Value;
        WitnessedOutcome outcome = executed.IsMismatch ? WitnessedOutcome.Mismatch : WitnessedOutcome.Ok;
        bool isNotLost = !one.IsLost;
        if (shows && _options.Bug == RunBug.ExecutesTwice && one.Seen.Kind == WitnessedKind.Add)
        {
            BugCount++;
            Execute(one, isDropped: false);
        }
        else if (shows && _options.Bug == RunBug.AnswersOldValue && one.IsWord && isNotLost)
        {
            value = one.Seen.Kind == WitnessedKind.Add ? unchecked(foundBefore + one.Operand) : foundBefore;
            if (value != executed.Value) BugCount++;
        }
        else if (shows && _options.Bug == RunBug.RefusesWhatRan && isNotLost)
        {
            BugCount++;
            outcome = WitnessedOutcome.Refused;
        }

        Answer(one, outcome, value, executed.Viewstamp);
    }

    private void Read(RunOperation one, bool shows)
    {
        byte[] bytes = one.Block.Bytes;
        Viewstamp version = one.Block.Version;
        shows &= !one.IsLost;
        if (shows && _options.Bug is RunBug.ReadsStale or RunBug.ReadsStaleUnderNewViewstamp) bytes = one.Block.BytesBefore;
        if (shows && _options.Bug == RunBug.ReadsStale) version = one.Block.VersionBefore;
        if (shows && _options.Bug == RunBug.TearsRead)
            bytes = [.. one.Block.BytesBefore[..(RunBlock.ByteCount / 2)], .. bytes[(RunBlock.ByteCount / 2)..]];
        one.Bytes = bytes[one.Seen.Offset..(one.Seen.Offset + one.Seen.Count)];
        if (version != one.Block.Version || !one.Bytes.AsSpan().SequenceEqual(one.Block.Bytes.AsSpan(one.Seen.Offset, one.Seen.Count))) BugCount++;
        Answer(one, WitnessedOutcome.Ok, 0, version);
    }

    private ExecutedOperation Execute(RunOperation one, bool isDropped)
    {
        long found = BinaryPrimitives.ReadInt64LittleEndian(one.Block.Bytes.AsSpan(one.Seen.Offset));
        bool isMismatch = one.Seen.Kind == WitnessedKind.CompareExchange && found != one.Expected;
        long next = one.Seen.Kind == WitnessedKind.Add ? unchecked(found + one.Operand) : one.Operand;
        var executed = new ExecutedOperation
        {
            Kind = one.Seen.Kind,
            IsMismatch = isMismatch,
            Segment = one.Seen.Segment,
            Viewstamp = NextViewstamp(one.Seen.Segment),
            Session = one.Seen.Session,
            Number = one.Seen.Number,
            Block = one.Seen.Block,
            Generation = one.Seen.Generation,
            Offset = one.Seen.Offset,
            Bytes = one.Bytes,
            Operand = one.Operand,
            Expected = one.Expected,
            Value = one.Seen.Kind switch { WitnessedKind.Write => 0, WitnessedKind.Add => next, _ => found },
        };
        if (isDropped)
        {
            BugCount++;
            return executed;
        }

        Executed.Add(executed);
        byte[] word = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(word, next);
        if (!isMismatch) one.Block.Change(one.Seen.Offset, one.IsWord ? word : one.Bytes, executed.Viewstamp);
        return executed;
    }

    private static void Answer(RunOperation one, WitnessedOutcome outcome, long value, Viewstamp viewstamp)
    {
        if (!one.IsLost) one.Seen = one.Seen with { Outcome = outcome, Value = value, Viewstamp = viewstamp };
    }

    private void NewGeneration()
    {
        if (!_options.Takes && !_options.Transfers) return;
        RunBlock block = _blocks[_random.Next(_blocks.Length)];
        block.Generation++;
        bool keepsBytes = _options.Transfers && (!_options.Takes || _random.Next(2) == 0);
        Viewstamp viewstamp = NextViewstamp(block.Segment);
        if (!keepsBytes)
        {
            block.Change(0, new byte[RunBlock.ByteCount], viewstamp);
            block.Change(0, new byte[RunBlock.ByteCount], viewstamp);
        }

        // Where no bytes are kept, the witness need not be told.
        if (!_options.Transfers && _random.Next(2) == 0) return;
        Executed.Add(
            new ExecutedOperation
            {
                Kind = keepsBytes ? WitnessedKind.Transfer : WitnessedKind.Take,
                Segment = block.Segment,
                Block = block.Index,
                Generation = block.Generation,
                Viewstamp = viewstamp,
            });
    }

    private Viewstamp NextViewstamp(ulong segment) => new(_epoch, ++_sequences[segment]);

    private byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
