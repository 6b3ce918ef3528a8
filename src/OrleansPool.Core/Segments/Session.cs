using System.Runtime.InteropServices;
using OrleansPool.Core.Replication;
using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>
/// One client's exactly-once requests: the results of those that it may still ask about, in a ring.
/// <code>lowest unanswered &lt;= number of a kept result &lt; lowest unanswered + window</code>
/// </summary>
internal sealed class Session(ulong id, Tick now)
{
    private readonly Kept[] _results = new Kept[RequestId.WindowCount];
    private Dictionary<ulong, LeaseView>? _leases; // of results that have one, which writes have not
    private ulong _lowestUnanswered = 1;

    public ulong Id => id;

    public Tick LastUsed { get; private set; } = now;

    /// <summary>Whether the operation that closes it is on its way.</summary>
    public bool IsClosing { get; set; }

    public SessionAdmission Admit(ulong number, ulong lowestUnanswered, Tick now, out OperationResult result)
    {
        result = default;
        LastUsed = now;
        _lowestUnanswered = Math.Max(_lowestUnanswered, lowestUnanswered);
        if (number < _lowestUnanswered) return SessionAdmission.Indeterminate;
        if (number >= _lowestUnanswered + RequestId.WindowCount) return SessionAdmission.TooManyOutstanding;

        ref readonly Kept slot = ref _results[number % RequestId.WindowCount];
        if (slot.Number != number) return SessionAdmission.Execute;
        result = new OperationResult(slot.Status, slot.Sequence, slot.Value)
        {
            Lease = _leases is null ? default : _leases.GetValueOrDefault(number),
        };
        return SessionAdmission.Replay;
    }

    /// <summary>Keeps the result of a request that was carried out.</summary>
    public void Record(in RequestId request, in OperationResult result, Tick now)
    {
        LastUsed = now;
        _lowestUnanswered = Math.Max(_lowestUnanswered, request.LowestUnanswered);
        ulong number = request.Number;
        ref Kept slot = ref _results[number % RequestId.WindowCount];
        _leases?.Remove(slot.Number);
        slot = new Kept(number, result.Sequence, result.Value, result.Status);
        if (result.Lease.Runs is not null) (_leases ??= [])[number] = result.Lease;
        if (Mutant.Is(Mutation.RecordForgottenEarly)) _results[(number - 1) % RequestId.WindowCount] = default;
    }

    public void WriteTo(SnapshotWriter writer)
    {
        writer.Write(id);
        writer.Write(_lowestUnanswered);
        Kept[] results = Mutant.Is(Mutation.SnapshotWithoutResults) ? [] : [.. _results.Where(kept => kept.Number != 0)];
        writer.Write((long)results.Length);
        foreach (Kept kept in results)
        {
            writer.Write(kept.Number);
            writer.Write(kept.Sequence);
            writer.Write(kept.Value);
            writer.Write((long)kept.Status);
            LeaseView lease = _leases is null ? default : _leases.GetValueOrDefault(kept.Number);
            writer.Write(MemoryMarshal.AsBytes(lease.Runs.AsSpan()));
            if (lease.Runs is null) continue;
            writer.Write(lease.Key.Generation);
            writer.Write(lease.Key.Id.Value);
            writer.Write(lease.ReadOnlyId.Value);
            writer.Write(lease.Duration.Ticks);
        }
    }

    public void ReadFrom(SnapshotReader reader)
    {
        _lowestUnanswered = reader.ReadUInt64();
        for (long left = reader.ReadInt64(); left > 0; left--)
        {
            var kept = new Kept(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadInt64(), (OperationStatus)reader.ReadInt64());
            _results[kept.Number % RequestId.WindowCount] = kept;
            BlockRun[] runs = MemoryMarshal.Cast<byte, BlockRun>(reader.ReadBytes()).ToArray();
            if (runs.Length > 0) (_leases ??= [])[kept.Number] = ReadLease(reader, runs);
        }
    }

    private static LeaseView ReadLease(SnapshotReader reader, BlockRun[] runs)
    {
        ulong generation = reader.ReadUInt64();
        var key = new LeaseKey(runs[0].First, generation, new LeaseId(reader.ReadUInt128()), LeaseRights.Owner);
        var readOnlyId = new LeaseId(reader.ReadUInt128());
        return new LeaseView(key, readOnlyId, runs.Sum(run => run.Count), new TimeSpan(reader.ReadInt64()), runs);
    }

    private readonly record struct Kept(ulong Number, ulong Sequence, long Value, OperationStatus Status);
}
