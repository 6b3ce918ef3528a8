using System.CommandLine;
using System.Diagnostics;
using OrleansPool.Cli.Files;
using OrleansPool.Cli.Output;

namespace OrleansPool.Cli.Commands;

/// <summary><c>orleanspool put</c>: files into regions.</summary>
internal static class PutCommand
{
    private const int FilesAtOnceMax = 4;

    public static Command Create(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "The file; a folder with --recursive." };
        var name = new Argument<string>("NAME") { Description = "Name of the region; with --recursive, what the names begin with." };
        var force = new Option<bool>("--force") { Description = "Replace what has the name." };
        var recursive = new Option<bool>("--recursive", "-r") { Description = "Store every file below a folder as NAME/its/path." };
        var pool = new Option<string>("--pool") { Description = "Pool that the memory comes from.", DefaultValueFactory = _ => PoolNames.Default };
        var command = new Command(
            "put", "Store a file as a region.\n\nExamples:\n  orleanspool put README.md readme\n  orleanspool put --recursive ./photos photos")
        {
            file, name, force, recursive, pool,
        };
        context.Action(command, async (parsed, fabric, output, cancellationToken) =>
        {
            (string Path, string Name)[] files = Files(parsed.GetValue(file)!, parsed.GetValue(name)!, parsed.GetValue(recursive));
            long total = files.Sum(item => new FileInfo(item.Path).Length);
            var watch = Stopwatch.StartNew();
            var stored = new (string Name, long Bytes, string Sha256)[files.Length];
            await ProgressBar.OverBytesAsync(output, files.Length == 1 ? files[0].Name : $"{files.Length} files", total, async done =>
            {
                var parallel = new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnceMax, CancellationToken = cancellationToken };
                await Parallel.ForAsync(0, files.Length, parallel, async (i, token) =>
                {
                    (long bytes, string sha256) = await FileTransfer.PutAsync(
                        fabric, files[i].Path, files[i].Name, parsed.GetValue(force), parsed.GetValue(pool)!, done, token);
                    stored[i] = (files[i].Name, bytes, sha256);
                });
                return true;
            });
            TransferReport.Print(output, "put", stored, watch.Elapsed);
            return ExitCode.Ok;
        });
        return command;
    }

    private static (string Path, string Name)[] Files(string path, string name, bool recursive)
    {
        if (!recursive)
        {
            if (Directory.Exists(path)) throw new IOException($"'{path}' is a folder: store what is in it with --recursive.");
            return File.Exists(path) ? [(path, name)] : throw new FileNotFoundException($"There is no file '{path}'.");
        }

        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"There is no folder '{path}'.");
        return
        [
            .. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(found => (found, $"{name.TrimEnd('/')}/{Path.GetRelativePath(path, found).Replace('\\', '/')}")),
        ];
    }
}
