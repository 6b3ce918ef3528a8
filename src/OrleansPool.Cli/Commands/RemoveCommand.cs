using System.CommandLine;

namespace OrleansPool.Cli.Commands;

/// <summary><c>orleanspool rm</c>: deletes regions.</summary>
internal static class RemoveCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "Name of the region; with --prefix, what the names begin with." };
        var prefix = new Option<bool>("--prefix") { Description = "Delete every region whose name begins with NAME." };
        var command = new Command("rm", "Delete a region and free its memory.\n\nExample:\n  orleanspool rm readme") { name, prefix };
        context.Action(command, async (parsed, fabric, output, cancellationToken) =>
        {
            string given = parsed.GetValue(name)!;
            List<string> deleted = [];
            foreach (string each in parsed.GetValue(prefix) ? await BeginningWithAsync(fabric, given, cancellationToken) : [given])
            {
                if (await fabric.DeleteRegionAsync(each, cancellationToken)) deleted.Add(each);
            }

            if (deleted.Count == 0) throw new RegionNotFoundException($"There is no region named '{given}'. See 'orleanspool ls'.");
            output.Result(new { deleted }, _ => deleted.ForEach(each => output.Say($"deleted {each}")));
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<string[]> BeginningWithAsync(IMemoryFabric fabric, string prefix, CancellationToken cancellationToken)
    {
        IReadOnlyList<RegionInfo> regions = await fabric.ListRegionsAsync(cancellationToken);
        return [.. regions.Select(region => region.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
    }
}
