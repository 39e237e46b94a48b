import { runKeyThread } from '../../board/common/key-thread.ts';

runKeyThread();
