namespace ProcInterrupt.Tests.Fuzzing;

/// <summary>Code that takes bytes from strangers. Used by one thread.</summary>
internal interface IFuzzTarget
{
    string Name { get; }

    /// <summary>How much of a thousand inputs is for this target.</summary>
    int Share { get; }

    /// <summary>Bytes that may be allocated for an input of a length.</summary>
    long AllowedBytes(int length);

    /// <summary>An input that is as it should be, to be changed.</summary>
    byte[] Valid(Random random);

    /// <summary>Takes an input.</summary>
    /// <returns>What it came to, in few words: inputs that come to something new are kept and changed further.</returns>
    /// <exception cref="Exception">Anything thrown is a finding; refusals that are promised are not thrown.</exception>
    string Feed(byte[] input);
}
