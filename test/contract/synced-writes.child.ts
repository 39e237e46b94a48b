// Changes a file in all ways, one after the other, for who watches what the kernel is asked.
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';

const storage = await LinuxStorage.at(process.argv[2] ?? '');
const file = await storage.open('a', 'create');
const byte = Uint8Array.of(1);
await file.writeSynced(byte, 0);
await file.writeSynced(byte, 1);
await file.write(byte, 2);
await file.writeSynced(byte, 3);
await file.writeSynced(byte, 4);
await file.write(byte, 5);
await file.truncate(6);
await file.dataSync();
await file.close();
