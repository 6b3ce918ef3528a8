using System.CommandLine;
using Spectre.Console;

namespace OrleansPool.Cli.Commands;

/// <summary><c>orleanspool ls</c>: the regions.</summary>
internal static class ListCommand
{
    public static Command Create(CommandContext context)
    {
        var prefix = new Argument<string>("PREFIX")
        {
            Description = "Only names that begin like this.",
            DefaultValueFactory = _ => "",
        };
        var command = new Command("ls", "List the regions.\n\nExample:\n  orleanspool ls framework/") { prefix };
        context.Action(command, async (parsed, fabric, output, cancellationToken) =>
        {
            string begin = parsed.GetValue(prefix)!;
            IReadOnlyList<RegionInfo> all = await fabric.ListRegionsAsync(cancellationToken);
            RegionInfo[] regions = [.. all.Where(region => region.Name.StartsWith(begin, StringComparison.Ordinal))];
            output.Result(
                new
                {
                    regions = regions.Select(region => new
                    {
                        name = region.Name,
                        pool = region.Pool,
                        bytes = region.Length,
                        lostBytes = region.LostBytes,
                        nodes = region.Nodes.Select(node => node.ToString()),
                    }),
                },
                console =>
                {
                    Table table = new Table().AddColumns("name", "length", "pool", "lost", "nodes");
                    foreach (RegionInfo region in regions)
                    {
                        table.AddRow(
                            Markup.Escape(region.Name), ByteSize.Format(region.Length), Markup.Escape(region.Pool),
                            region.LostBytes == 0 ? "-" : ByteSize.Format(region.LostBytes),
                            Markup.Escape(string.Join(", ", region.Nodes)));
                    }

                    console.Write(table);
                    console.WriteLine($"{regions.Length} regions, {ByteSize.Format(regions.Sum(region => region.Length))}");
                });
            return ExitCode.Ok;
        });
        return command;
    }
}
