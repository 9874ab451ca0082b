using System.Reflection;
using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Has what goes on with a program after its first wait compiled while it waits.</summary>
/// <remarks>
/// The runtime goes on with an async method through methods that are generic over its state machine, which is another one
/// for each program: a millisecond of the JIT's, which an interrupt would wait for. It has to be spent in any case.
/// The pending task of an async method is the box that these methods belong to (AsyncTaskMethodBuilder); where it is not,
/// nothing is done.
/// </remarks>
internal static class Resumption
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static void Prepare(Task pending)
    {
        Type box = pending.GetType();
        if (!box.IsConstructedGenericType || !typeof(IThreadPoolWorkItem).IsAssignableFrom(box))
        {
            return;
        }

        RuntimeTypeHandle[] arguments = Array.ConvertAll(box.GetGenericArguments(), static argument => argument.TypeHandle);
        foreach (MethodInfo method in box.GetMethods(Declared))
        {
            if (method.Name is "MoveNext" or "ExecutionContextCallback" or "ClearStateUponCompletion")
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle, arguments);
            }
        }
    }
}
