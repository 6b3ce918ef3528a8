using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Runs;

/// <summary>What every silo knows and is, for whoever reads a replay.</summary>
internal static class Portrait
{
    /// <summary>Writes it down.</summary>
    public static void Draw(SimWorld world, TextWriter output)
    {
        foreach (SimSilo silo in world.Silos)
        {
            if (!silo.IsUp)
            {
                output.WriteLine($"silo {silo.Place}: down");
                continue;
            }

            Standing standing = silo.Node.Standing;
            output.WriteLine(
                $"silo {world.NameOf(silo.Id)}: {world.Membership.StateOf(silo.Id.Silo)}, view {standing.View.Version} of {world.Membership.View.Version}, root {standing.Root.Version} of {world.Store.Root.Version}"
                + $", authority {(standing.Authority.ValidUntil - silo.Now).TotalMilliseconds:F0} ms{(silo.Node.Map.IsFrozen ? ", FROZEN" : "")}{(standing.Authority.IsExpelled ? ", expelled" : "")}");
            foreach (Segment segment in silo.Node.Copies)
            {
                Replica replica = segment.Replica!;
                output.WriteLine(
                    $"  {segment.Id} epoch {replica.Row.Epoch} {replica.Role}{(replica.IsOpen ? " open" : "")}{(segment.MayServe(silo.Now) ? " serves" : "")}, committed {segment.Log.Committed} of {segment.Log.Last}, pending {segment.Stream.Pending.Count}"
                    + (replica.Primary.IsProposing ? ", proposing" : "") + (replica.Primary.IsMoving ? ", moving" : "") + (replica.Primary.Join is { } join ? $", joining ({join.Progress})" : "") + (replica.Primary.Sharing.IsBusy ? ", calling back" : "") + (silo.Node.Map.IsProposing(segment.Id) ? ", map proposing" : ""));
                foreach (BackupProgress member in replica.Primary.Members)
                {
                    output.WriteLine(
                        $"    {world.NameOf(member.Node)} has {member.Acked}, was sent {member.Sent}, lease {(member.Link.HeldUntil - silo.Now).TotalMilliseconds:F0} ms{(member.KnowsRow ? "" : ", does not know the row")}");
                }
            }
        }
    }
}
