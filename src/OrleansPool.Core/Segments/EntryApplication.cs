using System.Text;

namespace OrleansPool.Core.Segments;

/// <summary>
/// What each kind of operation changes, once it may: at the primary when it is committed, so that its blocks hold committed bytes
/// only; at a backup, which serves nobody, when it is received. Deterministic: replicas that apply the same entries are the same.
/// </summary>
/// <remarks>Owned by the segment's executor.</remarks>
internal sealed class EntryApplication(BlockStore store, LeaseTable leases, LeaseListing listing, SessionTable sessions, OperationLog log)
{
    /// <summary>Applies an entry of the log.</summary>
    /// <param name="sequence">Which.</param>
    /// <param name="now">The moment, from which durations count here.</param>
    /// <param name="outbox">Gets what is to be zeroed.</param>
    /// <param name="appliesBytes">False for a block that a joiner has not copied yet, whose bytes come with the copy.</param>
    /// <returns>What the caller is told, now or when it asks again.</returns>
    public OperationResult Apply(ulong sequence, Tick now, Outbox outbox, bool appliesBytes = true)
    {
        ref LogEntry entry = ref log[sequence];
        ReadOnlySpan<byte> bytes = log.BytesOf(entry);
        var result = new OperationResult(entry.Status, sequence, entry.Value);
        switch (entry.Kind)
        {
            case OperationKind.Alloc:
                leases.Begin(bytes, sequence, now);
                result = result with { Lease = listing.View(entry.Block) };
                break;
            case OperationKind.Free or OperationKind.Expire:
                outbox.Retire(entry.Block, leases.End(entry.Block, sequence, expired: entry.Kind == OperationKind.Expire));
                break;
            case OperationKind.Transfer:
                leases.Transfer(entry.Block, sequence, now);
                result = result with { Lease = listing.View(entry.Block) };
                break;
            case OperationKind.Keep:
                leases.Keep(entry.Block, Encoding.UTF8.GetString(bytes));
                result = result with { Lease = listing.View(entry.Block) };
                break;
            case OperationKind.Fence:
                leases.Fences.Apply(entry.Block, bytes);
                break;
            case OperationKind.OpenSession:
                sessions.Open(sequence, now);
                break;
            case OperationKind.CloseSession:
                sessions.Close(entry.Session);
                return result;
            default:
                if (entry.ChangesBytes && appliesBytes) store.Commit(entry.Block, entry.Offset, bytes, sequence);
                break;
        }

        sessions.Record(entry.Request, result, now);
        return result;
    }
}
