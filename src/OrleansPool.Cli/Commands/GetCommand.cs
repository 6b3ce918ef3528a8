using System.CommandLine;
using System.Diagnostics;
using OrleansPool.Cli.Files;
using OrleansPool.Cli.Output;

namespace OrleansPool.Cli.Commands;

/// <summary><c>orleanspool get</c>: regions into files.</summary>
internal static class GetCommand
{
    private const int FilesAtOnceMax = 4;

    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "Name of the region; with --recursive, what the names begin with." };
        var file = new Argument<string>("FILE") { Description = "The file to write; a folder with --recursive." };
        var recursive = new Option<bool>("--recursive", "-r") { Description = "Fetch every region named NAME/its/path into a folder." };
        var command = new Command(
            "get", "Fetch a file that 'put' stored.\n\nExamples:\n  orleanspool get readme copy.md\n  orleanspool get --recursive photos ./copy")
        {
            name, file, recursive,
        };
        context.Action(command, async (parsed, fabric, output, cancellationToken) =>
        {
            (string Name, string Path, long Bytes)[] files = parsed.GetValue(recursive)
                ? await BelowAsync(fabric, parsed.GetValue(name)!, parsed.GetValue(file)!, cancellationToken)
                : [(parsed.GetValue(name)!, parsed.GetValue(file)!, await LengthAsync(fabric, parsed.GetValue(name)!, cancellationToken))];
            var watch = Stopwatch.StartNew();
            var fetched = new (string Name, long Bytes, string Sha256)[files.Length];
            await ProgressBar.OverBytesAsync(output, files.Length == 1 ? files[0].Name : $"{files.Length} files", files.Sum(item => item.Bytes), async done =>
            {
                var parallel = new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnceMax, CancellationToken = cancellationToken };
                await Parallel.ForAsync(0, files.Length, parallel, async (i, token) =>
                {
                    if (Path.GetDirectoryName(files[i].Path) is { Length: > 0 } folder && parsed.GetValue(recursive)) Directory.CreateDirectory(folder);
                    (long bytes, string sha256) = await FileTransfer.GetAsync(fabric, files[i].Name, files[i].Path, done, token);
                    fetched[i] = (files[i].Name, bytes, sha256);
                });
                return true;
            });
            TransferReport.Print(output, "get", fetched, watch.Elapsed);
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<long> LengthAsync(IMemoryFabric fabric, string name, CancellationToken cancellationToken)
    {
        await using MemoryRegion region = await fabric.OpenRegionAsync(name, cancellationToken: cancellationToken);
        return region.Length;
    }

    private static async Task<(string Name, string Path, long Bytes)[]> BelowAsync(
        IMemoryFabric fabric, string prefix, string folder, CancellationToken cancellationToken)
    {
        string begin = prefix.TrimEnd('/') + "/";
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        IReadOnlyList<RegionInfo> regions = await fabric.ListRegionsAsync(cancellationToken);
        (string, string, long)[] files =
        [
            .. regions.Where(region => region.Name.StartsWith(begin, StringComparison.Ordinal))
                .Select(region => (region.Name, Inside(root, region.Name[begin.Length..]), region.Length)),
        ];
        return files.Length > 0 ? files : throw new RegionNotFoundException($"There is no region whose name begins with '{begin}'.");
    }

    /// <summary>A region's name is anybody's text: it must not lead out of the folder.</summary>
    private static string Inside(string root, string relative)
    {
        string path = Path.GetFullPath(Path.Combine(root, relative));
        string begin = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
        return path.Length > begin.Length && path.StartsWith(begin, StringComparison.Ordinal)
            ? path
            : throw new IOException($"The name '{relative}' leads out of '{root}'.");
    }
}
