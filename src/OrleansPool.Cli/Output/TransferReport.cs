namespace OrleansPool.Cli.Output;

/// <summary>What was moved, and how fast.</summary>
internal static class TransferReport
{
    public static void Print(CommandOutput output, string verb, (string Name, long Bytes, string Sha256)[] files, TimeSpan elapsed)
    {
        long bytes = files.Sum(file => file.Bytes);
        double rate = bytes / Math.Max(elapsed.TotalSeconds, 1e-6);
        output.Result(
            new
            {
                command = verb,
                bytes,
                seconds = elapsed.TotalSeconds,
                bytesPerSecond = rate,
                files = files.Select(file => new { name = file.Name, bytes = file.Bytes, sha256 = file.Sha256 }),
            },
            _ =>
            {
                foreach ((string name, long fileBytes, string sha256) in files) output.Say($"{sha256}  {name}  {ByteSize.Format(fileBytes)}");
                output.Say($"{verb} {files.Length} file(s), {ByteSize.Format(bytes)} in {elapsed.TotalSeconds:0.00} s, {ByteSize.Format((long)rate)}/s");
            });
    }
}
