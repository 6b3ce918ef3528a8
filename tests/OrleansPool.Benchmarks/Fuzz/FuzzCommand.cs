using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OrleansPool.Core.Wire;

namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>
/// <c>fuzz --inputs N --seed S</c>: reads N broken frames, says what became of them, and ends with one line of JSON. 0 if every promise
/// was kept; 1 after the first that was not, with the input and the seed that makes it alone; 2 for wrong arguments.
/// </summary>
internal static class FuzzCommand
{
    /// <summary>The word that starts it.</summary>
    public const string Name = "fuzz";

    private const long InputsDefault = 1_000_000;
    private const long InputsBetweenSigns = 1_000_000;

    public static int Run(string[] args)
    {
        long inputs = InputsDefault;
        ulong seed = 1;
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : "";
            bool isUnderstood = args[i] switch
            {
                "--inputs" => long.TryParse(value, CultureInfo.InvariantCulture, out inputs) && inputs > 0,
                "--seed" => ulong.TryParse(value, CultureInfo.InvariantCulture, out seed),
                _ => false,
            };
            if (isUnderstood) continue;
            Console.Error.WriteLine("Usage: OrleansPool.Benchmarks fuzz [--inputs N] [--seed S]");
            return 2;
        }

        var fuzz = new FrameFuzz(seed);
        var clock = Stopwatch.StartNew();
        FuzzFailure? failure = null;
        while (failure is null && fuzz.Counts.Inputs < inputs)
        {
            failure = fuzz.Run(Math.Min(InputsBetweenSigns, inputs - fuzz.Counts.Inputs));
            if (inputs > InputsBetweenSigns) Console.WriteLine($"{fuzz.Counts.Inputs,14:N0} inputs, {clock.Elapsed.TotalSeconds:N0} s");
        }

        Write(fuzz.Counts);
        if (failure is not null) Write(failure);
        Console.WriteLine(ToJson(fuzz.Counts, seed, clock.Elapsed, failure));
        return failure is null ? 0 : 1;
    }

    private static void Write(FuzzCounts counts)
    {
        Console.WriteLine($"{"frames",-18}{"accepted",12}{"refused",12}");
        foreach (FrameType type in FrameSamples.Types) Console.WriteLine($"{type,-18}{counts[type].Accepted,12:N0}{counts[type].Refused,12:N0}");
        Console.WriteLine($"{"of unknown types",-18}{0,12}{counts.FramesUnknown,12:N0}");
    }

    private static void Write(FuzzFailure failure)
    {
        Console.WriteLine($"FAILED: {failure.What}");
        Console.WriteLine($"alone: {Name} --inputs 1 --seed {failure.Seed}");
        const int LineBytes = 32;
        for (int at = 0; at < failure.Input.Length; at += LineBytes)
        {
            int end = Math.Min(failure.Input.Length, at + LineBytes);
            Console.WriteLine($"{at:x6}  {Convert.ToHexStringLower(failure.Input.AsSpan(at..end))}");
        }
    }

    private static string ToJson(FuzzCounts counts, ulong seed, TimeSpan elapsed, FuzzFailure? failure) => JsonSerializer.Serialize(new
    {
        command = Name,
        seed,
        inputs = counts.Inputs,
        bytes = counts.Bytes,
        seconds = Math.Round(elapsed.TotalSeconds, 1),
        framesAccepted = counts.FramesAccepted,
        framesRefused = counts.FramesRefused,
        framesUnknown = counts.FramesUnknown,
        headersIncomplete = counts[FrameStatus.Incomplete],
        headersTooLong = counts[FrameStatus.TooLong],
        headersMalformed = counts[FrameStatus.Malformed],
        allocatedMax = counts.AllocatedMax,
        allocatedRatioMax = Math.Round(counts.AllocatedRatioMax, 2),
        failed = failure?.What,
        failedSeed = failure?.Seed,
    });
}
